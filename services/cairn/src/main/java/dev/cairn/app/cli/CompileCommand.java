package dev.cairn.app.cli;

import dev.cairn.app.terminal.ConsoleProgress;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.GradientManifest;
import dev.cairn.runtime.ModelBundle;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Override
  public Integer call() {
    ModelBundle opened = ModelBundle.open(bundle);
    CompiledBundle compiled;
    try (ConsoleProgress progress = new ConsoleProgress(root.console())) {
      compiled =
          GradientCompiler.compile(
              opened, projection.compileOptions(), progress.named("Compiling"));
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
    return 0;
  }
}
