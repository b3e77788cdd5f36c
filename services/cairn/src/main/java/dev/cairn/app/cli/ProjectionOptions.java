package dev.cairn.app.cli;

import dev.cairn.app.CommandFailure;
import dev.cairn.gradients.scope.LayerKind;
import dev.cairn.gradients.scope.ParameterScope;
import dev.cairn.runtime.AdaptedBundle;
import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompileOptions.ProjectionKind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** How gradients are projected; shared by the commands that derive a gradient graph. */
final class ProjectionOptions {

  @Option(
      names = "--projection",
      paramLabel = "KIND",
      description =
          "kronecker (default), dense (random signs for the whole gradient, for small models), or"
              + " identity (the raw gradient, for small models and for checks).")
  private ProjectionKind projection = ProjectionKind.KRONECKER;

  @Option(
      names = "--dimension",
      paramLabel = "K",
      description = "Wanted length of a feature vector (default: ${DEFAULT-VALUE}).")
  private int dimension = CompileOptions.DEFAULT_DIMENSION;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the projection (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--sketch",
      paramLabel = "K",
      description = "Brings the features to this length by a sparse random second stage.")
  private int sketch;

  @Option(names = "--normalise", description = "Scales each row's features to norm 1.")
  private boolean normalise;

  @Option(
      names = "--parameters",
      split = ",",
      paramLabel = "PATTERN",
      description =
          "Takes gradients by parameters of these names only, the file's or PyTorch's modules'; *"
              + " stands for any characters.")
  private List<String> parameters = List.of();

  @Option(
      names = "--exclude",
      split = ",",
      paramLabel = "PATTERN",
      description = "Leaves parameters of these names out.")
  private List<String> exclude = List.of();

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "KIND",
      description = "Takes gradients by layers of these kinds only: ${COMPLETION-CANDIDATES}.")
  private Set<LayerKind> layers = Set.of();

  @Option(
      names = "--lora",
      description = "Takes gradients by low-rank adapters alone; as --layers lora.")
  private boolean lora;

  CompileOptions compileOptions() {
    Set<LayerKind> kinds = new HashSet<>(layers);
    if (lora) {
      kinds.add(LayerKind.LORA);
    }
    return options(new ParameterScope(parameters, exclude, kinds));
  }

  /** The same for a bundle with an adapter, by whose factors alone gradients are taken. */
  CompileOptions ofAdapter() {
    if (!parameters.isEmpty() || !layers.isEmpty()) {
      throw new CommandFailure(
          "--adapter takes gradients by the adapter's factors; --exclude can leave some out,"
              + " --parameters and --layers do not go with it");
    }
    return options(
        new ParameterScope(
            AdaptedBundle.FACTORS.include(), exclude, AdaptedBundle.FACTORS.kinds()));
  }

  private CompileOptions options(ParameterScope scope) {
    return new CompileOptions(projection, dimension, seed, scope, sketch, normalise, 0);
  }
}
