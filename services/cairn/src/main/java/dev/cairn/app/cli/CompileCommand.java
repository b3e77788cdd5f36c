package dev.cairn.app.cli;

import dev.cairn.app.terminal.ConsoleProgress;
import dev.cairn.attribution.Progress;
import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.GradientManifest;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.RunProfile;
import dev.cairn.runtime.TrainingData;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "compile",
    description =
        "Derives a model's gradient graph from its ONNX file and keeps it in BUNDLE/gradients.")
final class CompileCommand implements Callable<Integer> {

  @ParentCommand private RootCommand root;

  @Parameters(
      paramLabel = "BUNDLE",
      description =
          "Directory with unet/model.onnx (or model.onnx) and scheduler/scheduler_config.json.")
  private Path bundle;

  @Mixin private ProjectionOptions projection;

  @ArgGroup(exclusive = false)
  private AdapterOptions adapter;

  @Option(
      names = "--pca",
      paramLabel = "DATA",
      description =
          "Projects each layer on the principal components of its inputs and output gradients over"
              + " a sample of these images, instead of at random.")
  private Path principal;

  @Option(
      names = "--pca-rows",
      paramLabel = "N",
      defaultValue = "64",
      description = "Size of that sample (default: ${DEFAULT-VALUE}).")
  private int principalRows;

  @Override
  public Integer call() {
    CompileOptions options = adapter == null ? projection.compileOptions() : projection.ofAdapter();
    ModelBundle base = ModelBundle.open(bundle);
    ModelBundle opened = adapter == null ? base : adapter.applyTo(base);
    CompiledBundle compiled;
    try (ConsoleProgress progress = new ConsoleProgress(root.console())) {
      compiled = compile(opened, options, progress.named("Compiling"));
    }
    GradientManifest manifest = compiled.gradients().manifest();
    root.console()
        .out()
        .printf(
            "Compiled %s: %d layers, features of length %d (%s), in %s%n",
            opened.id(),
            manifest.layout().size(),
            manifest.featureDimension(),
            manifest.projection(),
            opened.gradientsDirectory());
    report(manifest.run());
    return 0;
  }

  private CompiledBundle compile(ModelBundle opened, CompileOptions options, Progress progress) {
    if (principal == null) {
      return GradientCompiler.compile(opened, options, progress);
    }
    try (TrainingData data = TrainingData.open(principal, opened)) {
      return GradientCompiler.compile(opened, options.withBasisRows(principalRows), data, progress);
    }
  }

  /** What to expect of every process that runs the graph. */
  private void report(RunProfile run) {
    int workers = Runtime.getRuntime().availableProcessors();
    root.console()
        .out()
        .printf(
            "Memory: %.0f MB of weights once, %.1f MB a row; %d workers with %d rows a run (%.2f ms"
                + " a row) need %.0f MB%n",
            run.weightBytes() / 1e6,
            run.rowBytes() / 1e6,
            workers,
            run.rowsPerRun(),
            run.millisPerRow(),
            (run.weightBytes() + run.workspaceBytes(workers)) / 1e6);
  }
}
