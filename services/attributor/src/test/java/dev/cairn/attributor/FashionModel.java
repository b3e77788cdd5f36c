package dev.cairn.attributor;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.KernelOptions;
import dev.cairn.attribution.Progress;
import dev.cairn.diffusion.DdimSampler;
import dev.cairn.diffusion.OutputFunction;
import dev.cairn.diffusion.TimestepGrid;
import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompileOptions.ProjectionKind;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.EngineOptions;
import dev.cairn.runtime.FeatureExtractor;
import dev.cairn.runtime.FeatureSpec;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.GradientEngine;
import dev.cairn.runtime.ImageGenerator;
import dev.cairn.runtime.IndexBuilder;
import dev.cairn.runtime.IndexOptions;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.SampledStep;
import dev.cairn.runtime.TrainingData;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The small trained model, compiled, with an index of forty of its training images. */
final class FashionModel implements AutoCloseable {
  static final String ID = "fashion-16px";
  static final int DIMENSION = 256;

  static final int DRAWS = 3;
  private static final int STEPS = 5;

  private final CompiledBundle compiled;
  private final FeatureSpec spec;
  private final TrainingData training;
  private final Denoiser denoiser;
  private final AttributionIndex index;
  private final List<GradientEngine> engines = new ArrayList<>();

  private FashionModel(
      CompiledBundle compiled, FeatureSpec spec, TrainingData training, AttributionIndex index) {
    this.training = training;
    this.compiled = compiled;
    this.spec = spec;
    this.index = index;
    this.denoiser = new Denoiser(compiled.bundle().model());
  }

  static FashionModel prepare(Path directory) throws IOException {
    Path resources = copyOfResources(directory.resolve(ID));
    ModelBundle bundle = ModelBundle.open(resources);
    CompiledBundle compiled =
        GradientCompiler.compile(
            bundle, new CompileOptions(ProjectionKind.KRONECKER, DIMENSION, 0), Progress.none());
    List<Integer> grid =
        Arrays.stream(TimestepGrid.stratified(bundle.schedule().timesteps(), 4)).boxed().toList();
    var spec = new FeatureSpec(OutputFunction.LOSS, grid, DRAWS, 11, false);
    TrainingData training = TrainingData.open(resources.resolve("data"), bundle);
    try (var engine =
        new GradientEngine(
            compiled.gradients(), EngineOptions.defaults(), new SimpleMeterRegistry())) {
      AttributionIndex index =
          IndexBuilder.build(
              new FeatureExtractor(compiled, spec, engine),
              training,
              IndexOptions.of(KernelOptions.defaults()),
              directory.resolve("index"),
              Progress.none());
      return new FashionModel(compiled, spec, training, index);
    }
  }

  /** The model as a stage serves it, with an engine of its own. */
  ServedModel served(EngineOptions options) {
    GradientEngine engine =
        new GradientEngine(compiled.gradients(), options, new SimpleMeterRegistry());
    engines.add(engine);
    return new ServedModel(
        compiled.bundle(), new FeatureExtractor(compiled, spec, engine), denoiser);
  }

  AttributionIndex index() {
    return index;
  }

  ModelBundle bundle() {
    return compiled.bundle();
  }

  Denoiser denoiser() {
    return denoiser;
  }

  /** Image of that position in the index. */
  float[] trainingImage(int position) {
    return training.image(position);
  }

  /** Draws an image in a few steps. */
  Drawn draw(String id) {
    List<SampledStep> steps = new ArrayList<>();
    var sampler = DdimSampler.of(compiled.bundle().schedule(), STEPS, 0);
    float[] image =
        new ImageGenerator(compiled.bundle(), denoiser, sampler, 5)
            .generate(id, Map.of(), steps::add);
    return new Drawn(id, steps, image);
  }

  /** A generation. */
  record Drawn(String id, List<SampledStep> steps, float[] image) {}

  @Override
  public void close() {
    engines.forEach(GradientEngine::close);
    denoiser.close();
    index.close();
  }

  private static Path copyOfResources(Path to) throws IOException {
    try (Stream<Path> files = Files.walk(resources())) {
      for (Path from : files.toList()) {
        Path target = to.resolve(resources().relativize(from).toString());
        if (Files.isDirectory(from)) {
          Files.createDirectories(target);
        } else {
          Files.copy(from, target);
        }
      }
    }
    return to;
  }

  private static Path resources() {
    try {
      return Path.of(FashionModel.class.getResource("/" + ID).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
