package dev.cairn.validation.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.TinyModels;
import dev.cairn.validation.ValidationException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  private static final TrainingOptions OPTIONS =
      new TrainingOptions(60, 24, 5e-3, 5, 0.01, 1, 0.9, true, 4, 20);

  @TempDir Path directory;
  private ModelBundle bundle;
  private TrainableModel model;
  private TrainingSet set;

  @BeforeEach
  void open() {
    bundle = TinyModels.bundle(directory.resolve("bundle"), 0);
    model = TrainableModel.of(bundle.model());
    TrainingData data = TinyModels.data(directory.resolve("data"), bundle, 40);
    set = TrainingSet.all(data);
  }

  @Test
  void the_loss_falls() {
    double[] first = {0};
    Trainer.Result result =
        train(OPTIONS, 1, "falls", (step, _, loss) -> first[0] = step == 1 ? loss : first[0]);

    assertThat(result.loss()).isLessThan(0.6 * first[0]);
  }

  @Test
  void an_interrupted_training_ends_with_the_same_bits_on_any_number_of_cores() {
    // Given
    Trainer.Result whole = train(OPTIONS, 2, "whole", TrainingProgress.none());
    TrainingProgress power =
        (step, _, _) -> {
          if (step == 33) {
            throw new IllegalStateException("power cut");
          }
        };
    assertThatThrownBy(() -> train(OPTIONS, 1, "cut", power)).hasMessage("power cut");
    int[] begun = {0};

    // When
    Trainer.Result resumed =
        train(OPTIONS, 1, "cut", (step, _, _) -> begun[0] = begun[0] == 0 ? step : begun[0]);

    // Then
    assertThat(begun[0]).isEqualTo(21);
    assertThat(resumed.parameters()).isEqualTo(whole.parameters());
    assertThat(resumed.loss()).isEqualTo(whole.loss());
  }

  @Test
  void a_checkpoint_of_another_training_is_refused() {
    train(OPTIONS.withSteps(2), 1, "same", TrainingProgress.none());

    assertThatThrownBy(() -> train(OPTIONS.withSeed(5), 1, "same", TrainingProgress.none()))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("is of a training with another model, data or options");
  }

  @Test
  void a_trained_bundle_opens_like_any_other() {
    Trainer.Result result = train(OPTIONS.withSteps(3), 1, "bundle", TrainingProgress.none());

    ModelBundle written =
        TrainedBundle.write(directory.resolve("out"), model.with(result.parameters()), bundle);

    assertThat(TrainableModel.of(written.model()).initial()).isEqualTo(result.parameters());
    assertThat(written.schedule().config()).isEqualTo(bundle.schedule().config());
  }

  private Trainer.Result train(
      TrainingOptions options, int workers, String name, TrainingProgress progress) {
    return new Trainer(model, bundle.schedule(), options, workers)
        .train(set, model.initial(), directory.resolve(name + ".checkpoint"), progress);
  }
}
