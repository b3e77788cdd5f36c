package dev.cairn.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.app.Cairn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index that is built on a disk that fills up, is read-only, and has space again. */
class FaultyDiskIT {

  /** In a namespace of its own, so that mounting needs no privilege and leaves nothing behind. */
  private static final List<String> ALONE = List.of("unshare", "--map-root-user", "--mount", "sh");

  private static final String SCRIPT =
      """
      mount -t tmpfs -o size=400k none "$DISK"
      echo full; $INDEX; echo "code $?"
      mount -o remount,ro "$DISK"
      echo read-only; $INDEX; echo "code $?"
      mount -o remount,rw,size=64m "$DISK"
      echo free; $INDEX; echo "code $?"
      cp -r "$DISK/index" "$KEPT"
      """;

  @TempDir Path directory;

  @BeforeAll
  static void mountingWorksHere() throws Exception {
    Process probe =
        new ProcessBuilder(
                "sh", "-c", String.join(" ", ALONE) + " -c 'mount -t tmpfs none /mnt' 2>/dev/null")
            .start();
    assumeTrue(probe.waitFor() == 0, "no disk can be mounted here (unshare, mount)");
  }

  @Test
  void each_state_of_the_disk_is_said_in_one_line_and_the_build_goes_on_where_it_stood()
      throws Exception {
    // Given
    Path bundle = DemoModel.bundle(directory);
    Path data = DemoModel.data(directory, 10);
    CommandRun.of("compile", bundle).succeeded();
    Path disk = Files.createDirectories(directory.resolve("disk"));
    Path kept = directory.resolve("kept");
    Path elsewhere = directory.resolve("elsewhere");
    CommandRun.of(index(bundle, data, elsewhere)).succeeded();

    // When
    Path log = directory.resolve("log");
    List<String> command = new ArrayList<>(ALONE);
    command.addAll(List.of("-c", SCRIPT));
    ProcessBuilder script = new ProcessBuilder(command);
    script.environment().put("DISK", disk.toString());
    script.environment().put("KEPT", kept.toString());
    script
        .environment()
        .put("INDEX", java() + " " + join(index(bundle, data, disk.resolve("index"))));
    Process run = script.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(run.waitFor(3, TimeUnit.MINUTES)).isTrue();

    // Then
    String said = Files.readString(log, UTF_8);
    assertThat(between(said, "full\n", "read-only\n"))
        .containsPattern("(?m)^cairn: .*No space left.*$")
        .contains("code 1")
        .doesNotContain("\tat ");
    assertThat(between(said, "read-only\n", "free\n"))
        .containsPattern("(?m)^cairn: .*[Rr]ead-only.*$")
        .contains("code 1")
        .doesNotContain("\tat ");
    assertThat(said.substring(said.indexOf("free\n"))).contains("code 0");
    assertThat(kept.resolve("manifest.json"))
        .hasSameBinaryContentAs(elsewhere.resolve("manifest.json"));
  }

  private static Object[] index(Path bundle, Path data, Path out) {
    return new Object[] {"index", bundle, "--data", data, "--out", out, "--timesteps", 1};
  }

  private static String java() {
    return String.join(
        " ",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        Cairn.class.getName());
  }

  private static String join(Object[] arguments) {
    StringBuilder all = new StringBuilder();
    for (Object argument : arguments) {
      all.append(argument).append(' ');
    }
    return all.toString();
  }

  private static String between(String text, String from, String to) {
    return text.substring(text.indexOf(from), text.indexOf(to));
  }
}
