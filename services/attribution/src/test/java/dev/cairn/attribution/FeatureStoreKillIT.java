package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a real process in the middle of a build. */
class FeatureStoreKillIT {
  @TempDir Path directory;

  @Test
  void a_build_killed_again_and_again_ends_with_the_same_bytes() throws Exception {
    // Given
    Path uninterrupted = directory.resolve("uninterrupted");
    Path interrupted = directory.resolve("interrupted");
    FeatureBuild.complete(uninterrupted, 1);

    // When it is killed as soon as a few more shards than before are there
    for (int kill = 1; kill <= 4; kill++) {
      int enough = kill * 15;
      Process build = start(interrupted);
      Awaitility.await()
          .pollInterval(1, TimeUnit.MILLISECONDS)
          .atMost(30, TimeUnit.SECONDS)
          .until(() -> !build.isAlive() || shards(interrupted) >= enough);
      build.destroyForcibly().waitFor();
    }
    assertThat(interrupted.resolve("features.npy")).doesNotExist();
    int before = shards(interrupted);
    assertThat(before).isPositive();
    assertThat(start(interrupted).waitFor()).isZero();

    // Then
    for (String file : new String[] {"features.json", "features.npy", "examples.jsonl"}) {
      assertThat(interrupted.resolve(file)).hasSameBinaryContentAs(uninterrupted.resolve(file));
    }
    assertThat(interrupted.resolve("shards")).doesNotExist();
  }

  private static Process start(Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            FeatureBuild.class.getName(),
            directory.toString())
        .inheritIO()
        .start();
  }

  private static int shards(Path directory) throws IOException {
    if (!Files.isDirectory(directory.resolve("shards"))) {
      return 0;
    }
    try (var files = Files.list(directory.resolve("shards"))) {
      return (int) files.filter(file -> file.toString().endsWith(".done")).count();
    }
  }
}
