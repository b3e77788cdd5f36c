package dev.cairn.app.cli;

import dev.cairn.app.offline.Scoring;
import dev.cairn.app.terminal.ConsoleProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "score",
    description = {
      "Scores images from a file against an index: queries × examples, float32, as .npy.",
      "A positive score means that the example pushes the model towards the image: removing it from"
          + " the training set raises the loss there."
    })
final class ScoreCommand implements Callable<Integer> {

  @ParentCommand private RootCommand root;

  @Option(names = "--index", required = true, paramLabel = "INDEX", description = "The index.")
  private Path index;

  @Option(
      names = "--queries",
      required = true,
      paramLabel = "FILE",
      description =
          ".npy with queries × channels × height × width: final images, or with --timestep the"
              + " sampler's estimates of them at that step. Or pictures with captions, as index"
              + " --data takes them.")
  private Path queries;

  @Option(
      names = "--timestep",
      paramLabel = "T",
      description = "Attribute a denoising step at training timestep T instead of final images.")
  private Integer timestep;

  @Option(
      names = "--bundle",
      paramLabel = "DIR",
      description = "The index's model bundle, if it has moved since the index was built.")
  private Path bundle;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.")
  private Path out;

  @Mixin private PromptOptions prompts;

  @Override
  public Integer call() throws IOException {
    int rows;
    try (ConsoleProgress progress = new ConsoleProgress(root.console())) {
      rows =
          Scoring.run(
              index,
              queries,
              timestep == null ? OptionalInt.empty() : OptionalInt.of(timestep),
              bundle,
              prompts::open,
              out,
              progress);
    }
    root.console().out().printf("Scored %,d queries, in %s%n", rows, out);
    return 0;
  }
}
