package dev.cairn.load.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A disk of a few megabytes that can be filled up. It is mounted in a namespace of its own, so that
 * this needs no privilege and leaves nothing behind; only commands begun with {@link #launcher} see
 * it.
 */
final class SmallDisk implements AutoCloseable {

  private static final String MOUNTED = "mounted";

  private final Process keeper;
  private final Path path;

  private SmallDisk(Process keeper, Path path) {
    this.keeper = keeper;
    this.path = path;
  }

  /**
   * @param path an absent directory
   * @throws IOException if this machine does not let its users mount anything
   */
  static SmallDisk mount(Path path, int mebibytes) throws IOException {
    Files.createDirectories(path);
    String mount = "mount -t tmpfs -o size=%dm none '%s'".formatted(mebibytes, path);
    Process keeper =
        new ProcessBuilder(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                mount + " && echo " + MOUNTED + " && exec cat")
            .redirectErrorStream(true)
            .start();
    BufferedReader said = keeper.inputReader();
    String line = said.readLine();
    if (!MOUNTED.equals(line)) {
      throw new IOException("no disk can be mounted here: " + line);
    }
    return new SmallDisk(keeper, path);
  }

  Path path() {
    return path;
  }

  /** What to put before a command that shall see the disk. */
  List<String> launcher() {
    return List.of(
        "nsenter",
        "--target",
        Long.toString(keeper.pid()),
        "--user",
        "--preserve-credentials",
        "--mount");
  }

  /** Leaves no byte free. */
  void fill() throws IOException, InterruptedException {
    run("cat /dev/zero > '%s' 2>/dev/null || true".formatted(filler()));
  }

  void free() throws IOException, InterruptedException {
    run("rm '%s'".formatted(filler()));
  }

  private Path filler() {
    return path.resolve("filler");
  }

  private void run(String script) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(launcher());
    command.addAll(List.of("sh", "-c", script));
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException("failed: " + script);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    keeper.outputWriter().close();
    keeper.waitFor();
  }
}
