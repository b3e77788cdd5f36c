package dev.cairn.validation.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.validation.TinyModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnetBuilderTest {
  @TempDir Path directory;

  @Test
  void a_model_predicts_in_the_shape_of_its_sample_and_knows_its_class() {
    ModelBundle bundle = TinyModels.bundle(directory, 3);
    float[] sample = new float[64];
    sample[10] = 1;
    try (Denoiser denoiser = new Denoiser(bundle.model())) {
      float[] first = denoiser.predict(sample, 5, Map.of("class_labels", new float[] {0}));
      float[] second = denoiser.predict(sample, 5, Map.of("class_labels", new float[] {2}));

      assertThat(first).hasSize(64).isNotEqualTo(second);
    }
  }

  @Test
  void several_levels_and_blocks_are_trainable_in_every_parameter() {
    UnetSpec spec = new UnetSpec(3, 16, List.of(4, 8, 8), 2, Set.of(1, 2), 2, 8, 0);
    ModelProto model = UnetBuilder.build(spec, 1);
    TrainableModel trainable = TrainableModel.of(TinyModels.bundle(directory, model).model());

    assertThat(trainable.parameters()).hasSize(model.getGraph().getInitializerCount());
  }

  @Test
  void the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    assertThat(UnetBuilder.build(TinyModels.spec(0), 7))
        .isEqualTo(UnetBuilder.build(TinyModels.spec(0), 7))
        .isNotEqualTo(UnetBuilder.build(TinyModels.spec(0), 8));
  }

  @Test
  void a_size_that_cannot_be_halved_is_refused() {
    assertThatThrownBy(() -> UnetSpec.of(1, 15, List.of(8, 16), 0))
        .hasMessage("size: 15 pixels cannot be halved 1 times");
  }
}
