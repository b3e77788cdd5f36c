package dev.cairn.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new model trained, and validated by retraining; tiny. */
class TrainAndValidateIT {
  @TempDir static Path directory;
  private static Path data;
  private static Path model;

  @BeforeAll
  static void train() throws IOException {
    data = DemoModel.data(directory, 50);
    model = directory.resolve("model");
    CommandRun trained =
        CommandRun.of(
                "train",
                "--data",
                data,
                "--out",
                model,
                "--widths",
                "4,8",
                "--epochs",
                8,
                "--batch",
                10)
            .succeeded();
    assertThat(trained.out()).startsWith("Trained ").contains("20 examples in 16 steps, loss ");
    assertThat(trained.err()).contains("Training: 16 of 16").contains("loss ");
  }

  @Test
  void a_new_model_takes_its_schedule_and_what_it_predicts_from_the_command() throws IOException {
    Path velocity = directory.resolve("velocity");

    CommandRun.of(
            "train",
            "--data",
            data,
            "--out",
            velocity,
            "--widths",
            "4",
            "--patch",
            "2",
            "--prediction-type",
            "v_prediction",
            "--beta-schedule",
            "squaredcos_cap_v2",
            "--epochs",
            1)
        .succeeded();

    assertThat(Files.readString(velocity.resolve("scheduler/scheduler_config.json")))
        .contains("\"prediction_type\": \"v_prediction\"")
        .contains("\"beta_schedule\": \"squaredcos_cap_v2\"");
  }

  @Test
  void a_schedule_that_does_not_exist_is_refused_with_those_that_do() {
    CommandRun run =
        CommandRun.of(
            "train", "--data", data, "--out", directory.resolve("no"), "--beta-schedule", "cosine");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("cosine").contains("squaredcos_cap_v2");
  }

  @Test
  void a_trained_bundle_is_validated_by_retraining_it_on_subsets() {
    Path out = directory.resolve("validation");

    CommandRun run =
        CommandRun.of(
                "validate",
                model,
                "--data",
                data,
                "--out",
                out,
                "--subsets",
                8,
                "--epochs",
                4,
                "--batch",
                10,
                "--generated",
                4,
                "--choosing",
                2,
                "--steps",
                1,
                "--timesteps",
                2,
                "--measured-timesteps",
                2,
                "--lambda",
                "1")
            .succeeded();

    assertThat(run.out()).contains("d-trak", "pixel-cosine", "report.html");
    assertThat(out.resolve("report.html")).isRegularFile();
    assertThat(Npy.shape(out.resolve("scores-trak.npy"))).containsExactly(4, 20);

    // The evidence goes into the index that it is of, and into no other.
    Path index = directory.resolve("index");
    buildIndex(index, 1);
    CommandRun recorded = CommandRun.of("validate", "--out", out, "--record", index).succeeded();
    assertThat(recorded.out()).contains("Recorded in", "method=journey, subsets=8");
    try (AttributionIndex opened = AttributionIndex.open(index)) {
      assertThat(opened.manifest().validation().generated().queries()).isEqualTo(4);
    }
    buildIndex(index, 3);
    CommandRun.of("validate", "--out", out, "--record", index)
        .failedSaying("was validated with relative lambda of journey 1.0, the index");
  }

  @Test
  void a_checkpoint_of_another_training_is_one_line() {
    CommandRun.of("train", "--data", data, "--out", model, "--widths", "4,8", "--seed", 2)
        .failedSaying("training.checkpoint: is of a training with another model, data or options");
  }

  @Test
  void masks_that_do_not_fit_are_one_line() throws IOException {
    Path masks = directory.resolve("masks.npy");
    Npy.writeIntegers(masks, new int[] {3, 20}, new long[60]);
    Path scores = directory.resolve("scores.npy");
    Npy.writeFloats(scores, new int[] {2, 20}, new float[40]);
    Path outputs = Files.copy(scores, directory.resolve("outputs.npy"));

    CommandRun.of(
            "validate",
            "--masks",
            masks,
            "--outputs",
            outputs,
            "--scores",
            "mine=" + scores,
            "--out",
            directory.resolve("given"))
        .failedSaying("masks.npy: 3 subsets are too few");
  }

  /** As the method "journey" of a validation scores. */
  private static void buildIndex(Path index, double lambda) {
    CommandRun.of(
            "index",
            model,
            "--data",
            data,
            "--out",
            index,
            "--timesteps",
            2,
            "--output-function",
            "loss",
            "--kernel",
            "full",
            "--lambda",
            lambda)
        .succeeded();
  }
}
