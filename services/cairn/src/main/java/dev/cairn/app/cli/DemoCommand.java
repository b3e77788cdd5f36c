package dev.cairn.app.cli;

import dev.cairn.app.demo.Demo;
import dev.cairn.app.demo.DemoOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "demo",
    description = {
      "Draws images with a small model that is part of the program and shows, step by step, which"
          + " of its training images steer them.",
      "Everything runs in this process, a real Kafka broker included. The first run builds an"
          + " index, which takes about half a minute."
    })
final class DemoCommand implements Callable<Integer> {

  @ParentCommand private RootCommand root;

  @Option(
      names = "--generations",
      paramLabel = "N",
      description = "How many images to draw (default: ${DEFAULT-VALUE}).")
  private int generations = 2;

  @Option(
      names = "--json",
      description = "Print one attribution a line as canonical protobuf JSON, and nothing else.")
  private boolean json;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed draws the same images (default: ${DEFAULT-VALUE}).")
  private long seed = 7;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description = "Where the model and its index are kept (default: .cairn in the project).")
  private Path workDir;

  @Option(
      names = "--keep",
      description = "Draw on until Ctrl-C, so that the dashboard can be watched.")
  private boolean keep;

  @Override
  public Integer call() throws IOException {
    Arguments.requireAtLeastOne("--generations", generations);
    Path directory =
        workDir != null ? workDir : Path.of(System.getProperty("cairn.home", ""), ".cairn");
    new Demo(
            root.console(),
            new DemoOptions(generations, json, directory.toAbsolutePath(), seed, keep))
        .run();
    return 0;
  }
}
