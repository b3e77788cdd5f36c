package dev.cairn.app.process;

import dev.cairn.app.config.ServeConfig;
import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attributor.ServedModel;
import dev.cairn.runtime.BundleHint;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.CompiledGradients;
import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.EngineOptions;
import dev.cairn.runtime.FeatureExtractor;
import dev.cairn.runtime.GradientEngine;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * A bundle and its index, open, with the engine that computes their features.
 *
 * @param version tells it from every other version ({@link ModelVersion})
 * @param served what the gradient stage needs
 * @param index what the scoring stage needs
 */
record OpenModel(
    ModelVersion version, ServedModel served, AttributionIndex index, GradientEngine engine)
    implements AutoCloseable {

  /**
   * Opens a model as configured.
   *
   * @throws dev.cairn.runtime.BundleException if bundle and index do not belong together
   */
  static OpenModel open(ModelVersion version, ServeConfig config, MeterRegistry meters) {
    AttributionIndex index = AttributionIndex.open(version.index());
    try {
      CompiledBundle compiled = BundleHint.open(version.index(), index, version.bundle());
      GradientEngine engine =
          new GradientEngine(compiled.gradients(), options(config, compiled.gradients()), meters);
      FeatureExtractor features =
          new FeatureExtractor(
              compiled, QuerySpec.of(index.manifest().provenance(), config.draws()), engine);
      Denoiser denoiser = new Denoiser(compiled.bundle().model());
      return new OpenModel(
          version, new ServedModel(compiled.bundle(), features, denoiser), index, engine);
    } catch (RuntimeException e) {
      index.close();
      throw e;
    }
  }

  /**
   * As many rows a run as were fastest when the bundle was compiled, unless the configuration says.
   */
  static EngineOptions options(ServeConfig config, CompiledGradients gradients) {
    EngineOptions measured = EngineOptions.of(gradients);
    return new EngineOptions(
        config.gradientStage().workers(),
        config.rowsPerRun() == 0 ? measured.maxRows() : config.rowsPerRun());
  }

  /** The model's name in events. */
  String id() {
    return version.settings().id();
  }

  /** Closes all but the index. */
  void closeEngine() {
    engine.close();
    served.denoiser().close();
  }

  @Override
  public void close() {
    closeEngine();
    index.close();
  }
}
