package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FeatureStoreProperties {

  /** What a killed process, a full disk or a bad sector may leave of a shard. */
  enum Damage {
    NONE,
    PAYLOAD_TRUNCATED,
    PAYLOAD_FLIPPED,
    PAYLOAD_MISSING,
    MARK_MISSING,
    MARK_TRUNCATED,
    MARK_EMPTY,
    TEMPORARY_LEFT
  }

  /** One run: computes some shards in some order, then one of them is damaged. */
  record Run(List<Integer> shards, int victim, Damage damage) {}

  @Property(tries = 25)
  void a_build_resumed_after_any_damage_ends_with_the_same_bytes(
      @ForAll @Size(max = 5) List<@Size(max = 6) List<@IntRange(max = 50) Integer>> shards,
      @ForAll @Size(min = 5, max = 5) List<Damage> damages,
      @ForAll @Size(min = 5, max = 5) List<@IntRange(max = 50) Integer> victims,
      @ForAll @IntRange(min = 8, max = 60) int shardRows,
      @ForAll @IntRange(min = 8, max = 60) int laterShardRows)
      throws IOException {
    Path directory = Files.createTempDirectory("feature-store");
    try {
      Path reference = directory.resolve("reference");
      FeatureBuild.complete(reference, FeatureBuild.EXAMPLES);
      Path build = directory.resolve("build");

      for (int run = 0; run < shards.size(); run++) {
        int rows = run == 0 ? shardRows : laterShardRows;
        interrupt(build, rows, new Run(shards.get(run), victims.get(run), damages.get(run)));
      }
      FeatureBuild.complete(build, laterShardRows);

      assertThat(build.resolve("features.npy"))
          .hasSameBinaryContentAs(reference.resolve("features.npy"));
      assertThat(build.resolve("examples.jsonl"))
          .hasSameBinaryContentAs(reference.resolve("examples.jsonl"));
    } finally {
      delete(directory);
    }
  }

  private static void interrupt(Path build, int shardRows, Run run) throws IOException {
    int victim;
    try (FeatureStore store = FeatureBuild.open(build, shardRows)) {
      for (int shard : run.shards()) {
        FeatureBuild.compute(store, shard % store.shards());
      }
      victim = run.victim() % store.shards();
    }
    Path payload = build.resolve("shards/%05d.f32".formatted(victim));
    Path mark = build.resolve("shards/%05d.done".formatted(victim));
    if (!Files.exists(payload)) {
      return;
    }
    byte[] bytes = Files.readAllBytes(payload);
    switch (run.damage()) {
      case NONE -> {}
      case PAYLOAD_TRUNCATED -> Files.write(payload, Arrays.copyOf(bytes, bytes.length / 2));
      case PAYLOAD_FLIPPED -> {
        bytes[bytes.length / 3] ^= 0x10;
        Files.write(payload, bytes);
      }
      case PAYLOAD_MISSING -> Files.delete(payload);
      case MARK_MISSING -> Files.delete(mark);
      case MARK_TRUNCATED -> {
        byte[] whole = Files.readAllBytes(mark);
        Files.write(mark, Arrays.copyOf(whole, whole.length / 2));
      }
      case MARK_EMPTY -> Files.write(mark, new byte[0]);
      case TEMPORARY_LEFT -> {
        Files.write(Path.of(payload + ".tmp"), Arrays.copyOf(bytes, 5));
        Files.write(build.resolve("features.npy.tmp"), new byte[7]);
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
