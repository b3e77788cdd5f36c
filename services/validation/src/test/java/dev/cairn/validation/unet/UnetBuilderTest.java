package dev.cairn.validation.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
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
    UnetSpec spec = new UnetSpec(3, 16, 2, List.of(4, 8), 2, Set.of(0, 1), 2, 8, 0);
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
    assertThatThrownBy(() -> UnetSpec.of(1, 15, 1, List.of(8, 16), 0))
        .hasMessage("size: 15 positions cannot be halved 1 times");
    assertThatThrownBy(() -> UnetSpec.of(1, 16, 3, List.of(8, 16), 0))
        .hasMessage("patch: 16 pixels are no whole number of patches of 3");
  }

  @Test
  void patches_hold_the_pixels_of_one_square_each_and_go_back_where_they_came_from() {
    // Given a "model" that adds one to the channel of each patch's upper right pixel
    GraphBuilder graph = new GraphBuilder();
    graph.input("sample", TensorProto.DataType.FLOAT, 1, 4, 4);
    graph.input("timestep", TensorProto.DataType.INT64);
    Layers layers = new Layers(graph, 1);
    Feature patches = layers.patches(new Feature("sample", 1, 4), 2);
    String marked = graph.add(patches.name(), graph.floats(new float[] {0, 1, 0, 0}, 4, 1, 1));
    String time = graph.reshape(layers.cast("timestep"), -1, 1, 1, 1);
    String timed = graph.add(layers.pixels(patches.as(marked), 2).name(), time);
    graph.node("out_sample", "Identity", new String[] {timed});
    graph.output("out_sample", 1, 4, 4);
    float[] sample = new float[16];
    sample[6] = 5;

    // When
    try (Denoiser denoiser = new Denoiser(TinyModels.bundle(directory, graph.model()).model())) {
      float[] marks = denoiser.predict(sample, 0, Map.of());

      // Then
      assertThat(marks).containsExactly(0, 1, 0, 1, 0, 0, 5, 0, 0, 1, 0, 1, 0, 0, 0, 0);
    }
  }
}
