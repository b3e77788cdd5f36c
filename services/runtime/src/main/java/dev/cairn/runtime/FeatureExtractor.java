package dev.cairn.runtime;

import dev.cairn.attribution.FeatureProvenance;
import dev.cairn.diffusion.NoiseBank;
import dev.cairn.diffusion.NoiseSchedule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Features of images and of denoising steps (METHOD §4), as means of rows that a {@link
 * GradientEngine} evaluates.
 *
 * <p>All noise comes from the noise bank, keyed by (seed, id, t, draw): a retry, a replay or
 * another machine gives the same bits.
 */
public final class FeatureExtractor {

  private final CompiledBundle compiled;
  private final FeatureSpec spec;
  private final GradientEngine engine;
  private final NoiseBank noise;

  public FeatureExtractor(CompiledBundle compiled, FeatureSpec spec, GradientEngine engine) {
    this.compiled = compiled;
    this.spec = spec;
    this.engine = engine;
    this.noise = new NoiseBank(spec.noiseSeed());
    int steps = compiled.bundle().schedule().timesteps();
    for (int t : spec.timesteps()) {
      if (t < 0 || t >= steps) {
        throw new IllegalArgumentException(
            "timestep %d lies outside the schedule's 0..%d".formatted(t, steps - 1));
      }
    }
  }

  /** Returns the bundle whose gradients are taken. */
  public CompiledBundle compiled() {
    return compiled;
  }

  public FeatureSpec spec() {
    return spec;
  }

  /**
   * Journey-TRAK: the estimate x̂_0 of one step, re-noised {@code draws} times at that step's t.
   *
   * @param generationId key of the noise
   * @param denoised x̂_0, flattened
   * @param timestep t
   * @param conditioning the model's further inputs by name, flattened
   * @return the mean feature, length K
   */
  public CompletableFuture<float[]> step(
      String generationId, float[] denoised, int timestep, Map<String, float[]> conditioning) {
    return step(generationId, denoised, timestep, conditioning, Optional.empty());
  }

  /** As the other {@code step}, of a region of the output if there is one. */
  public CompletableFuture<float[]> step(
      String generationId,
      float[] denoised,
      int timestep,
      Map<String, float[]> conditioning,
      Optional<Region> region) {
    return engine.meanFeatures(
        spec.draws(),
        draw -> {
          GradientRow row = row(generationId, denoised, timestep, draw, conditioning);
          region.ifPresent(part -> part.restrict(row.scale(), row.offset()));
          return row;
        },
        spec.normalised());
  }

  /**
   * The training-side function: an image noised once at each timestep of the grid.
   *
   * @param id key of the noise: the example's id, or the generation's for a final image
   * @param x0 the image, flattened
   * @param conditioning the model's further inputs by name, flattened
   * @return the mean feature, length K
   */
  public CompletableFuture<float[]> image(
      String id, float[] x0, Map<String, float[]> conditioning) {
    return image(id, x0, List.of(conditioning));
  }

  /**
   * The same for an image that is conditioned in several ways, such as by several captions: the
   * mean over all of them, each with noise of its own.
   *
   * @param conditionings at least one
   */
  public CompletableFuture<float[]> image(
      String id, float[] x0, List<Map<String, float[]>> conditionings) {
    int timesteps = spec.timesteps().size();
    return engine.meanFeatures(
        Math.multiplyExact(timesteps, conditionings.size()),
        i -> {
          int draw = i / timesteps;
          return row(id, x0, spec.timesteps().get(i % timesteps), draw, conditionings.get(draw));
        },
        spec.normalised());
  }

  /** Returns how many examples keep the engine busy at once, if each has so many conditionings. */
  int examplesAtOnce(int conditionings) {
    return 1 + Math.ceilDiv(engine.rowsAtOnce(), spec.timesteps().size() * conditionings);
  }

  private GradientRow row(
      String id, float[] x0, int timestep, int draw, Map<String, float[]> conditioning) {
    NoiseSchedule schedule = compiled.bundle().schedule();
    float[] epsilon = new float[x0.length];
    noise.gaussian(id, timestep, draw, epsilon);
    float[] sample = new float[x0.length];
    schedule.addNoise(x0, epsilon, timestep, sample);
    float[] target = new float[x0.length];
    schedule.target(x0, epsilon, timestep, target);
    float[] scale = new float[x0.length];
    float[] offset = new float[x0.length];
    spec.outputFunction().affine(target, scale, offset);
    return new GradientRow(sample, timestep, conditioning, scale, offset);
  }

  /** Returns what decides the bits of {@link #image}: one draw at each timestep of the grid. */
  public FeatureProvenance imageProvenance() {
    return provenance(1, spec.timesteps());
  }

  /** Returns what decides the bits of {@link #step} at a timestep. */
  public FeatureProvenance stepProvenance(int timestep) {
    return provenance(spec.draws(), List.of(timestep));
  }

  /** The same, of a region of the output if there is one. */
  public FeatureProvenance stepProvenance(int timestep, Optional<Region> region) {
    FeatureProvenance whole = stepProvenance(timestep);
    return region.map(part -> whole.within(part.digest())).orElse(whole);
  }

  private FeatureProvenance provenance(int draws, List<Integer> timesteps) {
    return new FeatureProvenance(
        compiled.bundle().digest(),
        compiled.gradients().manifest().graphDigest(),
        spec.outputFunction().spelling(),
        compiled.gradients().featureDimension(),
        draws,
        spec.noiseSeed(),
        spec.normalised(),
        timesteps);
  }
}
