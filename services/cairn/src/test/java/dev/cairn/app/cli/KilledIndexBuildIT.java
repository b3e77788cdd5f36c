package dev.cairn.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.app.Cairn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index build in a process of its own that is killed at random moments. */
class KilledIndexBuildIT {

  private static final int KILLS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void a_build_that_was_killed_ends_with_the_same_bytes_as_one_that_was_not() throws Exception {
    // Given
    Path bundle = DemoModel.bundle(directory);
    Path data = DemoModel.data(directory, 1);
    CommandRun.of("compile", bundle).succeeded();
    Path uninterrupted = directory.resolve("uninterrupted");
    Path killed = directory.resolve("killed");
    int interrupted = 0;
    long seed = System.nanoTime();
    Random random = new Random(seed);

    // When
    assertThat(start(bundle, data, uninterrupted).waitFor()).isZero();
    for (int kill = 0; kill < KILLS; kill++) {
      long shards = shards(killed);
      Process build = start(bundle, data, killed);
      await()
          .pollInterval(Duration.ofMillis(5))
          .atMost(PATIENCE)
          .until(() -> shards(killed) > shards || !build.isAlive());
      // Anywhere within the next shards, or while the kernel is fitted.
      build.waitFor(random.nextInt(200), TimeUnit.MILLISECONDS);
      build.destroyForcibly().waitFor();
      interrupted += Files.exists(killed.resolve("manifest.json")) ? 0 : 1;
    }
    assertThat(interrupted).as("kills before the end (seed %d)", seed).isPositive();
    assertThat(start(bundle, data, killed).waitFor()).isZero();

    // Then
    assertThat(files(killed)).isEqualTo(files(uninterrupted));
    for (Path file : files(uninterrupted)) {
      assertThat(killed.resolve(file))
          .as("seed %d", seed)
          .hasSameBinaryContentAs(uninterrupted.resolve(file));
    }
  }

  private Process start(Path bundle, Path data, Path out) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Cairn.class.getName(),
            "index",
            bundle.toString(),
            "--data",
            data.toString(),
            "--out",
            out.toString(),
            "--timesteps",
            "3")
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("output.txt").toFile())
        .start();
  }

  /** Shards are finished files; one that is being written has another name. */
  private static long shards(Path index) throws IOException {
    try (Stream<Path> files = Files.list(index.resolve("shards"))) {
      return files.filter(file -> !file.toString().endsWith(".tmp")).count();
    } catch (NoSuchFileException _) {
      return 0;
    }
  }

  private static List<Path> files(Path index) throws IOException {
    try (Stream<Path> files = Files.walk(index)) {
      return files.filter(Files::isRegularFile).map(index::relativize).sorted().toList();
    }
  }
}
