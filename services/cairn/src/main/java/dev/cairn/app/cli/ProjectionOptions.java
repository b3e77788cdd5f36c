package dev.cairn.app.cli;

import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompileOptions.ProjectionKind;
import picocli.CommandLine.Option;

/** How gradients are projected; shared by the commands that derive a gradient graph. */
final class ProjectionOptions {

  @Option(
      names = "--projection",
      paramLabel = "KIND",
      description =
          "kronecker (default) or identity (the raw gradient, for small models and for checks).")
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

  CompileOptions compileOptions() {
    return new CompileOptions(projection, dimension, seed);
  }
}
