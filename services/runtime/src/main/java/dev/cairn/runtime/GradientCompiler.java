package dev.cairn.runtime;

import ai.onnxruntime.OrtException;
import dev.cairn.attribution.AtomicFile;
import dev.cairn.attribution.Progress;
import dev.cairn.gradients.Differentiator;
import dev.cairn.gradients.GivenBases;
import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.GradientSpec;
import dev.cairn.gradients.Projection;
import dev.cairn.gradients.ProjectionBases;
import dev.cairn.gradients.ProjectionMatrices;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import dev.cairn.runtime.compile.ModelSimplifier;
import dev.cairn.runtime.compile.SimplificationException;
import dev.cairn.runtime.compile.SimplifiedModel;
import dev.cairn.runtime.compile.WeightsFirst;
import dev.cairn.runtime.onnx.ModelDigest;
import dev.cairn.runtime.onnx.OnnxFile;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Derives the gradient graph of a model, checks it, and writes it down. */
public final class GradientCompiler {

  private static final int STEPS = 4;

  private GradientCompiler() {}

  /**
   * Compiles a bundle into its own {@code gradients/} directory.
   *
   * @throws BundleException if the model cannot be differentiated, or the directory not written
   */
  public static CompiledBundle compile(
      ModelBundle bundle, CompileOptions options, Progress progress) {
    CompiledGradients gradients =
        compile(bundle.model(), options, bundle.gradientsDirectory(), progress);
    requirePredictionShapedAsSample(bundle.model(), gradients.manifest());
    return new CompiledBundle(bundle, gradients);
  }

  /**
   * Compiles a bundle with bases by principal components of a sample of data.
   *
   * @param options of which {@code basisRows} says how large the sample is
   */
  public static CompiledBundle compile(
      ModelBundle bundle, CompileOptions options, TrainingData data, Progress progress) {
    Path directory = bundle.gradientsDirectory();
    GivenBases bases = PrincipalBases.of(bundle, options, data, directory, progress);
    String description =
        "principal components of %d rows of %s"
            .formatted(Math.min(options.basisRows(), data.size()), data.digest());
    CompiledGradients gradients =
        compile(
            bundle.model(),
            options,
            projection(options, bases),
            description,
            directory,
            OnnxSessions.LARGE,
            progress);
    requirePredictionShapedAsSample(bundle.model(), gradients.manifest());
    return new CompiledBundle(bundle, gradients);
  }

  /** The graph that gives each layer's second moments, for {@link PrincipalBases}. */
  static CompiledGradients moments(DenoiserModel model, CompileOptions options, Path directory) {
    GradientGraph graph =
        differentiate(
            model, options, new Projection.Moments(), OnnxSessions.LARGE, Progress.none());
    Path file = write(directory, graph);
    GradientManifest manifest =
        manifest(model, options, graph, file, GradientManifest.RANDOM_BASES, true);
    return new CompiledGradients(model, file, manifest);
  }

  /** Compiles a model into a directory; what was there before is replaced. */
  public static CompiledGradients compile(
      DenoiserModel model, CompileOptions options, Path directory, Progress progress) {
    return compile(model, options, directory, OnnxSessions.LARGE, progress);
  }

  /**
   * @param largestInline bytes of weights beyond which these are not copied into the graph
   */
  static CompiledGradients compile(
      DenoiserModel model,
      CompileOptions options,
      Path directory,
      long largestInline,
      Progress progress) {
    Projection projection = projection(options, new ProjectionMatrices(options.seed()));
    String bases = GradientManifest.RANDOM_BASES;
    return compile(model, options, projection, bases, directory, largestInline, progress);
  }

  private static CompiledGradients compile(
      DenoiserModel model,
      CompileOptions options,
      Projection projection,
      String bases,
      Path directory,
      long largestInline,
      Progress progress) {
    progress.update("simplify", 0, STEPS);
    GradientGraph graph = differentiate(model, options, projection, largestInline, progress);
    progress.update("write", 2, STEPS);
    Path file = write(directory, graph);
    progress.update("verify", 3, STEPS);
    GradientManifest unverified = manifest(model, options, graph, file, bases, true);
    CompiledGradients candidate = new CompiledGradients(model, file, unverified);
    List<GradientRow> rows = BatchInvariance.rows(candidate);
    RunProfile run = measured(candidate, rows);
    boolean invariant = BatchInvariance.holds(candidate, rows, run);
    GradientManifest manifest =
        manifest(model, options, graph, file, bases, invariant)
            .measured(invariant ? run : run.fixed(OnnxFile.hasExternalData(graph.model())));
    AtomicFile.write(directory.resolve(CompiledGradients.MANIFEST_FILE), Json.bytes(manifest));
    progress.update("done", STEPS, STEPS);
    return new CompiledGradients(model, file, manifest);
  }

  private static RunProfile measured(CompiledGradients gradients, List<GradientRow> rows) {
    try {
      return RunProfile.measure(gradients, rows);
    } catch (OrtException e) {
      throw new BundleException(
          "%s: the gradient graph does not run (%s); please report the model"
              .formatted(gradients.graph(), OnnxSessions.firstLine(e)),
          e);
    }
  }

  private static GradientGraph differentiate(
      DenoiserModel model,
      CompileOptions options,
      Projection projection,
      long largestInline,
      Progress progress) {
    try {
      SimplifiedModel simplified =
          ModelSimplifier.simplify(model.path(), model.sizes(), largestInline);
      progress.update("differentiate", 1, STEPS);
      Set<String> parameters =
          options.scope().choose(simplified.original(), simplified.simplified());
      return Differentiator.differentiate(
          simplified.simplified(), new GradientSpec(parameters, projection));
    } catch (GradientException | SimplificationException e) {
      throw new BundleException(model.path() + ": " + e.getMessage(), e);
    }
  }

  private static Projection projection(CompileOptions options, ProjectionBases bases) {
    Projection first =
        switch (options.projection()) {
          case KRONECKER -> new Projection.Kronecker(bases, options.dimension());
          case DENSE -> new Projection.Dense(options.seed(), options.dimension());
          case IDENTITY -> new Projection.Identity();
        };
    Projection second =
        options.sketch() == 0
            ? first
            : new Projection.Sketched(first, options.seed(), options.sketch());
    return options.normalise() ? new Projection.Normalised(second) : second;
  }

  private static GradientManifest manifest(
      DenoiserModel model,
      CompileOptions options,
      GradientGraph graph,
      Path file,
      String bases,
      boolean invariant) {
    boolean identity = options.projection() == CompileOptions.ProjectionKind.IDENTITY;
    int opset = Math.toIntExact(graph.model().getOpsetImport(0).getVersion());
    return new GradientManifest(
        GradientManifest.FORMAT,
        model.digest(),
        ModelDigest.of(file),
        options.projection().label(),
        identity ? 0 : options.dimension(),
        options.seed(),
        graph.featureDimension(),
        opset,
        predictionShape(graph),
        invariant,
        options.scope().describe(),
        options.sketch(),
        options.normalise(),
        bases,
        RunProfile.UNKNOWN,
        graph.layout());
  }

  private static List<Integer> predictionShape(GradientGraph graph) {
    ValueInfoProto prediction =
        graph.model().getGraph().getOutputList().stream()
            .filter(output -> output.getName().equals(GradientGraph.PREDICTION))
            .findFirst()
            .orElseThrow();
    return prediction.getType().getTensorType().getShape().getDimList().stream()
        .skip(1)
        .map(dim -> Math.toIntExact(dim.getDimValue()))
        .toList();
  }

  /** The manifest goes last: a directory without one is not taken for compiled gradients. */
  private static Path write(Path directory, GradientGraph graph) {
    Path file = directory.resolve(CompiledGradients.GRAPH_FILE);
    try {
      Files.deleteIfExists(directory.resolve(CompiledGradients.MANIFEST_FILE));
    } catch (IOException e) {
      throw new BundleException(
          "%s: cannot be written (%s); choose a writable place"
              .formatted(directory, e.getMessage()),
          e);
    }
    ModelProto model = WeightsFirst.order(graph.model());
    AtomicFile.write(file, channel -> model.writeTo(Channels.newOutputStream(channel)));
    return file;
  }

  private static void requirePredictionShapedAsSample(
      DenoiserModel model, GradientManifest manifest) {
    List<Integer> sample = model.signature().sample().shape();
    if (!manifest.predictionShape().equals(sample)) {
      throw new BundleException(
          "%s: predicts %s for a sample of %s; models that also predict a variance are not supported. Export the mean only"
              .formatted(model.path(), manifest.predictionShape(), sample));
    }
  }
}
