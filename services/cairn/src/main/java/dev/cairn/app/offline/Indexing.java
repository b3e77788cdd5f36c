package dev.cairn.app.offline;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.KernelKind;
import dev.cairn.attribution.KernelOptions;
import dev.cairn.attribution.Progress;
import dev.cairn.diffusion.OutputFunction;
import dev.cairn.diffusion.TimestepGrid;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.EngineOptions;
import dev.cairn.runtime.FeatureExtractor;
import dev.cairn.runtime.FeatureSpec;
import dev.cairn.runtime.GradientEngine;
import dev.cairn.runtime.IndexBuilder;
import dev.cairn.runtime.IndexOptions;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How an index is made.
 *
 * @param outputFunction whose gradient is taken
 * @param timesteps how many timesteps the features of an example are averaged over
 * @param noiseSeed seed of the noise bank
 * @param normalised whether each row is scaled to unit norm before averaging
 * @param kernel kernel and ridge
 */
public record Indexing(
    OutputFunction outputFunction,
    int timesteps,
    long noiseSeed,
    boolean normalised,
    KernelOptions kernel) {

  public static final int DEFAULT_TIMESTEPS = 20;

  /** The recommended settings; why these is in services/decisions/0006. */
  public static Indexing recommended() {
    OutputFunction function = OutputFunction.MEAN;
    KernelKind kernel = KernelKind.BLOCK;
    return new Indexing(
        function,
        DEFAULT_TIMESTEPS,
        0,
        false,
        new KernelOptions(kernel, recommendedLambda(function, kernel)));
  }

  /**
   * The ridge to begin with, relative as in {@link KernelOptions}: it differs by orders of
   * magnitude between output functions, and a layer's own kernel needs less than that of all
   * layers.
   */
  public static double recommendedLambda(OutputFunction function, KernelKind kernel) {
    boolean loss = function.equals(OutputFunction.LOSS);
    if (kernel == KernelKind.BLOCK) {
      return loss ? 0.1 : 0.01;
    }
    return function.equals(OutputFunction.MEAN) ? 0.3 : 3;
  }

  /** How images of this bundle become features. */
  public FeatureSpec featureSpec(ModelBundle bundle) {
    int train = bundle.schedule().timesteps();
    int[] grid = TimestepGrid.stratified(train, Math.min(timesteps, train));
    return new FeatureSpec(
        outputFunction,
        Arrays.stream(grid).boxed().toList(),
        FeatureSpec.DEFAULT_DRAWS,
        noiseSeed,
        normalised);
  }

  /** Builds an index, or finishes one that was begun with the same settings; all cores work. */
  public AttributionIndex build(
      CompiledBundle compiled, TrainingData data, Path out, Progress progress) {
    try (GradientEngine engine =
        new GradientEngine(
            compiled.gradients(),
            EngineOptions.of(compiled.gradients()),
            new SimpleMeterRegistry())) {
      FeatureExtractor extractor =
          new FeatureExtractor(compiled, featureSpec(compiled.bundle()), engine);
      return IndexBuilder.build(extractor, data, IndexOptions.of(kernel), out, progress);
    }
  }
}
