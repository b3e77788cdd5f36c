package dev.cairn.app.cli;

import dev.cairn.app.CommandFailure;
import dev.cairn.app.offline.GradientDump;
import dev.cairn.app.offline.ScratchDirectory;
import dev.cairn.app.terminal.ConsoleProgress;
import dev.cairn.runtime.CompiledGradients;
import dev.cairn.runtime.DenoiserModel;
import dev.cairn.runtime.GradientCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "gradients",
    description =
        "Evaluates a model's gradients on given rows and writes them as .npy, to be checked against"
            + " any framework.",
    footerHeading = "%nFiles written to OUT:%n",
    footer = {
      "  prediction.npy            rows × prediction",
      "  loss.npy                  rows; mean squared error to target.npy, if there is one",
      "  features.npy              rows × K",
      "  gradients/PARAMETER.npy   rows × the parameter's shape in the ONNX file; with",
      "                            --projection identity. A '/' in a name becomes %%2F."
    })
final class GradientsCommand implements Callable<Integer> {

  private static final List<String> MODEL_FILES =
      List.of("unet/model.onnx", "transformer/model.onnx", "model.onnx");

  @ParentCommand private RootCommand root;

  @Parameters(paramLabel = "BUNDLE_OR_MODEL", description = "A model bundle, or an .onnx file.")
  private Path model;

  @Option(
      names = "--inputs",
      required = true,
      paramLabel = "DIR",
      description =
          "Directory with a .npy named after each input of the model (first axis: rows), and"
              + " target.npy (the loss's gradient is taken) or scale.npy and offset.npy (the"
              + " gradient of <scale * prediction + offset held constant, prediction>).")
  private Path inputs;

  @Option(names = "--out", required = true, paramLabel = "OUT", description = "Where to write.")
  private Path out;

  @Mixin private ProjectionOptions projection;

  @Override
  public Integer call() throws IOException {
    DenoiserModel opened = DenoiserModel.open(modelFile(), GradientDump.axes(inputs));
    GradientDump.Written written;
    try (ScratchDirectory scratch = ScratchDirectory.in(out);
        ConsoleProgress progress = new ConsoleProgress(root.console())) {
      CompiledGradients gradients =
          GradientCompiler.compile(
              opened, projection.compileOptions(), scratch.path(), progress.named("Compiling"));
      written = new GradientDump(gradients, inputs).write(out);
    }
    root.console()
        .out()
        .printf(
            "Wrote %d rows: predictions, features of length %d%s, in %s%n",
            written.rows(),
            written.featureDimension(),
            written.rawGradients() == 0
                ? ""
                : ", gradients of %d parameters".formatted(written.rawGradients()),
            out);
    return 0;
  }

  private Path modelFile() {
    if (!Files.isDirectory(model)) {
      return model;
    }
    return MODEL_FILES.stream()
        .map(model::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailure(
                    "%s: holds no model; expected one of %s".formatted(model, MODEL_FILES)));
  }
}
