package dev.cairn.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compile, index, score and check, in the order of a newcomer. */
class IndexAndScoreIT {

  private static final int EXAMPLES = 20;
  private static final int QUERIES = 3;

  @TempDir static Path directory;
  private static Path bundle;
  private static Path data;
  private static Path index;
  private static Path queries;

  @BeforeAll
  static void buildASmallIndex() throws IOException {
    bundle = DemoModel.bundle(directory);
    data = DemoModel.data(directory, 1000 / EXAMPLES);
    index = directory.resolve("index");
    CommandRun compiled = CommandRun.of("compile", bundle).succeeded();
    assertThat(compiled.out()).startsWith("Compiled fashion-16px: ");
    CommandRun.of("index", bundle, "--data", data, "--out", index, "--timesteps", 3).succeeded();
    queries = directory.resolve("queries.npy");
    float[] images = Npy.readFloats(data.resolve("images.npy")).data();
    Npy.writeFloats(
        queries, new int[] {QUERIES, 1, 16, 16}, java.util.Arrays.copyOf(images, QUERIES * 256));
  }

  @Test
  void scores_are_queries_by_examples_and_finite() {
    Path out = directory.resolve("scores.npy");

    CommandRun.of("score", "--index", index, "--queries", queries, "--out", out).succeeded();

    NpyArray scores = Npy.readFloats(out);
    assertThat(scores.shape()).containsExactly(QUERIES, EXAMPLES);
    for (float score : scores.data()) {
      assertThat(score).isFinite();
    }
  }

  @Test
  void the_same_queries_get_the_same_bits_again() throws IOException {
    Path first = directory.resolve("first.npy");
    Path second = directory.resolve("second.npy");

    score(first, "--timestep", 500).succeeded();
    score(second, "--timestep", 500).succeeded();

    assertThat(second).hasSameBinaryContentAs(first);
  }

  @Test
  void a_step_is_scored_differently_from_a_final_image() {
    Path image = directory.resolve("image.npy");
    Path step = directory.resolve("step.npy");

    score(image).succeeded();
    score(step, "--timestep", 999).succeeded();

    assertThat(Npy.readFloats(step).data()).isNotEqualTo(Npy.readFloats(image).data());
  }

  @Test
  void a_timestep_outside_the_schedule_is_refused() {
    score(directory.resolve("x.npy"), "--timestep", 1000)
        .failedSaying("--timestep 1000", "0 to 999");
  }

  @Test
  void queries_of_another_shape_are_refused() {
    Path wrong = directory.resolve("wrong.npy");
    Npy.writeFloats(wrong, new int[] {1, 3, 16, 16}, new float[3 * 256]);

    CommandRun.of(
            "score", "--index", index, "--queries", wrong, "--out", directory.resolve("x.npy"))
        .failedSaying("wrong.npy", "[1, 3, 16, 16]", "[1, 16, 16]");
  }

  @Test
  void queries_that_are_not_finite_are_refused() {
    Path wrong = directory.resolve("infinite.npy");
    Npy.writeFloats(
        wrong, new int[] {1, 1, 16, 16}, DemoModel.filled(256, Float.POSITIVE_INFINITY));

    CommandRun.of(
            "score", "--index", index, "--queries", wrong, "--out", directory.resolve("x.npy"))
        .failedSaying("infinite.npy", "Infinity");
  }

  @Test
  void an_index_is_found_wanting_when_a_byte_has_changed() throws IOException {
    // Given
    Path copy = directory.resolve("damaged");
    copy(index, copy);
    Path matrix = copy.resolve("preconditioned.npy");
    byte[] bytes = Files.readAllBytes(matrix);
    bytes[bytes.length - 1] ^= 1;
    Files.write(matrix, bytes);

    // Then
    CommandRun.of("check", "--index", index).succeeded();
    CommandRun.of("check", "--index", copy).failedSaying("preconditioned.npy");
  }

  @Test
  void an_index_asked_with_another_bundle_names_both_digests() throws IOException {
    // Given a bundle of the same model with another schedule
    Path other = directory.resolve("other");
    copy(bundle, other);
    Path scheduler = other.resolve("scheduler/scheduler_config.json");
    Files.writeString(
        scheduler, Files.readString(scheduler).replace("\"linear\"", "\"squaredcos_cap_v2\""));

    // Then
    score(directory.resolve("x.npy"), "--bundle", other).failedSaying("digest", "index");
  }

  @Test
  void an_index_begun_with_other_settings_is_not_continued() {
    CommandRun.of("index", bundle, "--data", data, "--out", index, "--timesteps", 4)
        .failedSaying(index.toString());
  }

  @Test
  void what_does_not_exist_is_named() {
    Path nowhere = directory.resolve("nowhere");

    CommandRun.of("compile", nowhere).failedSaying(nowhere.toString());
    CommandRun.of("index", bundle, "--data", nowhere, "--out", nowhere)
        .failedSaying(nowhere.toString());
    CommandRun.of("score", "--index", nowhere, "--queries", queries, "--out", nowhere)
        .failedSaying(nowhere.toString());
    CommandRun.of("serve", "--config", nowhere).failedSaying(nowhere.toString());
    CommandRun.of("check", "--bundle", nowhere).failedSaying(nowhere.toString());
  }

  @Test
  void images_that_do_not_fit_the_model_are_refused() throws IOException {
    Path wrong = Files.createDirectories(directory.resolve("wrong-data"));
    Npy.writeFloats(wrong.resolve("images.npy"), new int[] {2, 1, 8, 8}, new float[128]);

    CommandRun.of("index", bundle, "--data", wrong, "--out", directory.resolve("no-index"))
        .failedSaying("images.npy", "[2, 1, 8, 8]");
  }

  private static CommandRun score(Path out, Object... options) {
    Object[] all = new Object[7 + options.length];
    System.arraycopy(
        new Object[] {"score", "--index", index, "--queries", queries, "--out", out}, 0, all, 0, 7);
    System.arraycopy(options, 0, all, 7, options.length);
    return CommandRun.of(all);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
