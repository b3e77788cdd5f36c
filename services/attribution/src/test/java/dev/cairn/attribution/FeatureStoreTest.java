package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureStoreTest {
  @TempDir Path directory;

  @Test
  void shards_cover_all_examples_and_the_last_may_be_short() {
    try (FeatureStore store = FeatureBuild.open(directory, 25)) {
      assertThat(store.shards()).isEqualTo(5);
      assertThat(store.firstRow(4)).isEqualTo(100);
      assertThat(store.rows(4)).isEqualTo(1);
      assertThat(store.isDone(0)).isFalse();
    }
  }

  @Test
  void a_build_goes_on_where_it_stood() {
    try (FeatureStore store = FeatureBuild.open(directory, 25)) {
      FeatureBuild.compute(store, 3);
    }
    try (FeatureStore store = FeatureBuild.open(directory, 40)) {
      assertThat(store.shards()).isEqualTo(5);
      assertThat(store.isDone(3)).isTrue();
      assertThat(store.isDone(2)).isFalse();
      assertThatThrownBy(store::finish).hasMessage("shard 0 of 5 is not done");
    }
  }

  @Test
  void a_finished_build_has_nothing_left_to_do() {
    FeatureBuild.complete(directory, 25);
    try (FeatureStore store = FeatureBuild.open(directory, 25)) {
      assertThat(store.isDone(0)).isTrue();
      store.finish();
    }
    assertThat(directory.toFile().list())
        .containsExactlyInAnyOrder("build.lock", "features.json", "features.npy", "examples.jsonl");
  }

  @Test
  void shards_left_by_a_kill_after_the_last_write_are_removed() throws IOException {
    FeatureBuild.complete(directory, 25);
    Files.createDirectories(directory.resolve("shards"));
    Files.writeString(directory.resolve("shards/00004.f32"), "left");
    FeatureBuild.complete(directory, 25);
    assertThat(directory.resolve("shards")).doesNotExist();
  }

  @Test
  void a_build_of_other_features_is_refused_with_both_values() {
    FeatureBuild.complete(directory, 25);
    FeatureProvenance other =
        new FeatureProvenance(
            "bundle", "gradients", "square", FeatureBuild.DIMENSION, 1, 0, false, List.of(100));
    assertThatThrownBy(
            () ->
                FeatureStore.openOrResume(
                    directory, other, Builds.examples(FeatureBuild.EXAMPLES), 25))
        .isInstanceOf(IndexException.class)
        .hasMessage(
            directory
                + " was begun with other settings: output function loss is not square; timesteps"
                + " [100, 300] is not [100]; choose another directory or delete it");
  }

  @Test
  void a_build_of_other_examples_is_refused() {
    FeatureBuild.complete(directory, 25);
    FeatureProvenance same = Builds.provenance(FeatureBuild.DIMENSION);
    assertThatThrownBy(() -> FeatureStore.openOrResume(directory, same, Builds.examples(7), 25))
        .hasMessageContaining("101 examples are not 7");
    List<Example> relabelled =
        Builds.examples(101).stream().map(e -> Example.of(e.id(), "other")).toList();
    assertThatThrownBy(() -> FeatureStore.openOrResume(directory, same, relabelled, 25))
        .hasMessageContaining("the list of examples");
  }

  @Test
  void a_build_on_other_images_under_the_same_ids_is_refused() {
    FeatureProvenance provenance = Builds.provenance(2);
    FeatureStore.openOrResume(directory, provenance, Builds.examples(3), "aa", 1).close();
    assertThatThrownBy(
            () -> FeatureStore.openOrResume(directory, provenance, Builds.examples(3), "bb", 1))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("training data with SHA-256 'aa' are not 'bb'");
  }

  @Test
  void two_builds_cannot_share_a_directory() {
    try (FeatureStore _ = FeatureBuild.open(directory, 25)) {
      assertThatThrownBy(() -> FeatureBuild.open(directory, 25))
          .isInstanceOf(IndexException.class)
          .hasMessageContaining("another build is at work in " + directory);
    }
    FeatureBuild.open(directory, 25).close();
  }

  @Test
  void a_shard_of_the_wrong_size_is_refused() {
    try (FeatureStore store = FeatureBuild.open(directory, 25)) {
      assertThatThrownBy(() -> store.write(0, new float[3]))
          .hasMessage("shard 0 has 25 × 37 features, not 3");
      assertThatThrownBy(() -> store.write(5, new float[0]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void ids_must_differ() {
    List<Example> twins = List.of(Example.of("a", ""), Example.of("a", ""));
    assertThatThrownBy(() -> FeatureStore.openOrResume(directory, Builds.provenance(2), twins, 1))
        .hasMessage("two examples have the id 'a'");
  }

  @Test
  void a_damaged_plan_is_named() throws IOException {
    Files.writeString(directory.resolve("features.json"), "{\"version\": 1, ");
    assertThatThrownBy(() -> FeatureBuild.open(directory, 25))
        .isInstanceOf(IndexException.class)
        .hasMessageContaining("features.json is damaged");
  }
}
