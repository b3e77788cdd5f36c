package dev.cairn.validation.training;

/**
 * Adam (Kingma and Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter 2019,
 * algorithm 2), clipping by the global norm, and a moving average of the parameters.
 */
final class Optimiser {
  private static final double BETA_1 = 0.9;
  private static final double BETA_2 = 0.999;
  private static final double EPSILON = 1e-8;

  /** How much the running mean of the loss takes from each step. */
  private static final double LOSS_SHARE = 0.01;

  private final TrainingOptions options;

  Optimiser(TrainingOptions options) {
    this.options = options;
  }

  /** Learning rate of a step, counted from 0: a linear rise, then half a cosine down to 0. */
  static double learningRate(TrainingOptions options, int step) {
    if (step < options.warmup()) {
      return options.learningRate() * (step + 1) / (options.warmup() + 1);
    }
    double progress =
        (double) (step - options.warmup()) / Math.max(1, options.steps() - options.warmup());
    return options.learningRate() * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
  }

  /**
   * Takes one step.
   *
   * @param gradient by all parameters; scaled in place where it is clipped
   */
  void step(TrainingState state, double loss, float[] gradient) {
    clip(gradient);
    int number = state.step + 1;
    double rate = learningRate(options, state.step);
    float size = (float) (rate / (1 - StrictMath.pow(BETA_1, number)));
    float correction = (float) (1 / Math.sqrt(1 - StrictMath.pow(BETA_2, number)));
    float keep = (float) (1 - rate * options.weightDecay());
    update(state, gradient, size, correction, keep);
    average(state, number);
    state.recentLoss =
        state.step == 0 ? loss : state.recentLoss + share(number) * (loss - state.recentLoss);
    state.step = number;
  }

  /** A plain mean at first, until it has as many terms as the running mean remembers. */
  private static double share(int number) {
    return Math.max(LOSS_SHARE, 1.0 / number);
  }

  private static void update(
      TrainingState state, float[] gradient, float size, float correction, float keep) {
    float[] theta = state.parameters;
    float[] first = state.firstMoment;
    float[] second = state.secondMoment;
    float beta1 = (float) BETA_1;
    float beta2 = (float) BETA_2;
    float epsilon = (float) EPSILON;
    for (int i = 0; i < theta.length; i++) {
      float g = gradient[i];
      first[i] = beta1 * first[i] + (1 - beta1) * g;
      second[i] = beta2 * second[i] + (1 - beta2) * g * g;
      float root = (float) Math.sqrt(second[i]) * correction;
      theta[i] = keep * theta[i] - size * first[i] / (root + epsilon);
    }
  }

  /** The decay begins low, so that the average soon forgets the initial parameters. */
  private void average(TrainingState state, int number) {
    float decay = (float) Math.min(options.averageDecay(), (1.0 + number) / (10.0 + number));
    for (int i = 0; i < state.average.length; i++) {
      state.average[i] = state.parameters[i] + decay * (state.average[i] - state.parameters[i]);
    }
  }

  private void clip(float[] gradient) {
    double norm = Math.sqrt(square(gradient));
    if (options.clipNorm() > 0 && norm > options.clipNorm()) {
      float factor = (float) (options.clipNorm() / norm);
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= factor;
      }
    }
  }

  /** In four sums, because each addition waits for the one before it. */
  private static double square(float[] vector) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int whole = vector.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      a += (double) vector[i] * vector[i];
      b += (double) vector[i + 1] * vector[i + 1];
      c += (double) vector[i + 2] * vector[i + 2];
      d += (double) vector[i + 3] * vector[i + 3];
    }
    for (int i = whole; i < vector.length; i++) {
      a += (double) vector[i] * vector[i];
    }
    return a + b + (c + d);
  }
}
