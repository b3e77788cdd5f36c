package dev.cairn.app.cli;

import dev.cairn.runtime.AdaptedBundle;
import dev.cairn.runtime.ModelBundle;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** An adapter that a model is compiled with. */
final class AdapterOptions {

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "FILE",
      description =
          "Compiles the model with this LoRA adapter (.safetensors, as PEFT, diffusers or kohya's"
              + " scripts save it), and takes gradients by the adapter alone.")
  private Path file;

  @Option(
      names = "--into",
      required = true,
      paramLabel = "DIR",
      description = "Where the bundle with the adapter goes; index and serve that one.")
  private Path directory;

  @Option(
      names = "--merged",
      description = "The model has the adapter merged into its weights already.")
  private boolean merged;

  /** Writes the bundle with the adapter. */
  ModelBundle applyTo(ModelBundle base) {
    return AdaptedBundle.create(base, file, merged, directory);
  }
}
