package dev.cairn.app.cli;

import dev.cairn.app.offline.PromptedInputs;
import dev.cairn.runtime.ModelBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What a conditional model is given beside the image; shared by the commands that need it. */
final class PromptOptions {

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "A prompt; given several times, images take them in turn.")
  private List<String> prompts = List.of();

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description = "Prompts, one a line; images take them in turn.")
  private Path file;

  @Option(
      names = "--conditioning",
      paramLabel = "DIR",
      description = "Directory with INPUT.npy, a row an image, for the model's further inputs.")
  private Path directory;

  PromptedInputs open(ModelBundle bundle) throws IOException {
    List<String> all = new ArrayList<>(prompts);
    if (file != null) {
      Files.readAllLines(file).stream().filter(line -> !line.isBlank()).forEach(all::add);
    }
    return PromptedInputs.open(bundle, all, directory);
  }
}
