package dev.cairn.diffusion;

import java.util.Arrays;

/**
 * The signal and noise levels of a model's training timesteps: x_t = √ᾱ_t x_0 + √(1−ᾱ_t) ε with ᾱ_t
 * = Π_{s≤t} (1 − β_s) (Ho et al. 2020, eq. 4), in double precision. Immutable.
 */
public final class NoiseSchedule {
  private final SchedulerConfig config;
  private final PredictionType predictionType;
  private final double[] alphaBar;

  private NoiseSchedule(SchedulerConfig config, double[] alphaBar) {
    this.config = config;
    this.predictionType = PredictionType.parse(config.predictionType());
    this.alphaBar = alphaBar;
  }

  public static NoiseSchedule of(SchedulerConfig config) {
    double[] alphaBar = new double[config.numTrainTimesteps()];
    double product = 1;
    for (int t = 0; t < alphaBar.length; t++) {
      product *= 1 - beta(config, t);
      alphaBar[t] = product;
    }
    if (config.rescaleBetasZeroSnr()) {
      rescaleToZeroSignal(alphaBar);
    }
    return new NoiseSchedule(config, alphaBar);
  }

  public SchedulerConfig config() {
    return config;
  }

  public PredictionType predictionType() {
    return predictionType;
  }

  /** T, the number of training timesteps. */
  public int timesteps() {
    return alphaBar.length;
  }

  /**
   * ᾱ_t.
   *
   * @throws IllegalArgumentException unless 0 ≤ t &lt; {@link #timesteps()}
   */
  public double alphaBar(int t) {
    if (t < 0 || t >= alphaBar.length) {
      throw new IllegalArgumentException(
          "timestep %d is outside [0, %d)".formatted(t, alphaBar.length));
    }
    return alphaBar[t];
  }

  /** Writes x_t = √ᾱ_t x_0 + √(1−ᾱ_t) ε; {@code out} may be one of the inputs. */
  public void addNoise(float[] x0, float[] epsilon, int t, float[] out) {
    Shapes.requireSameLength(x0, epsilon, out);
    double signal = Math.sqrt(alphaBar(t));
    double noise = Math.sqrt(1 - alphaBar(t));
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (signal * x0[i] + noise * epsilon[i]);
    }
  }

  /** Writes what the training loss compares the prediction at x_t with. */
  public void target(float[] x0, float[] epsilon, int t, float[] out) {
    predictionType.target(x0, epsilon, alphaBar(t), out);
  }

  /** Writes x̂_0 of a prediction at x_t, clipped where the scheduler clips (METHOD section 1). */
  public void denoised(float[] x, float[] prediction, int t, float[] out) {
    predictionType.denoised(x, prediction, alphaBar(t), out);
    if (config.clipSample()) {
      float range = (float) config.clipSampleRange();
      for (int i = 0; i < out.length; i++) {
        out[i] = Math.clamp(out[i], -range, range);
      }
    }
  }

  @Override
  public String toString() {
    return "NoiseSchedule[%s]".formatted(config);
  }

  private static double beta(SchedulerConfig config, int t) {
    return config.trainedBetas().isEmpty()
        ? BetaSchedule.parse(config.betaSchedule())
            .beta(t, config.numTrainTimesteps(), config.betaStart(), config.betaEnd())
        : config.trainedBetas().get(t);
  }

  /** Shifts √ᾱ so that the last is 0 and scales it so that the first stays (Lin et al., alg. 1). */
  private static void rescaleToZeroSignal(double[] alphaBar) {
    double[] root = Arrays.stream(alphaBar).map(Math::sqrt).toArray();
    double first = root[0];
    double last = root[root.length - 1];
    for (int t = 0; t < root.length; t++) {
      double shifted = (root[t] - last) * (first / (first - last));
      alphaBar[t] = shifted * shifted;
    }
  }
}
