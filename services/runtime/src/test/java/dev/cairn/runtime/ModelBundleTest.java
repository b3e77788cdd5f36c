package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelBundleTest {

  @TempDir Path temp;

  @Test
  void a_hugging_face_layout_opens_as_it_is() {
    // When
    ModelBundle bundle = ModelBundle.open(Fashion.resources());

    // Then
    assertThat(bundle.id()).isEqualTo("fashion-16px");
    assertThat(bundle.schedule().timesteps()).isEqualTo(1000);
    ModelSignature signature = bundle.model().signature();
    assertThat(signature.sample().shape()).containsExactly(1, 16, 16);
    assertThat(signature.timestep().name()).isEqualTo("timestep");
    assertThat(signature.conditioning()).isEmpty();
    assertThat(signature.prediction()).isEqualTo("out_sample");
  }

  @Test
  void the_digest_changes_with_the_scheduler_and_not_with_the_place() throws IOException {
    // Given
    Path copy = Fashion.copyTo(temp);
    String original = ModelBundle.open(Fashion.resources()).digest();
    String moved = ModelBundle.open(copy).digest();

    // When
    Path scheduler = copy.resolve("scheduler/scheduler_config.json");
    Files.writeString(scheduler, Files.readString(scheduler).replace("0.02", "0.03"));

    // Then
    assertThat(moved).isEqualTo(original);
    assertThat(ModelBundle.open(copy).digest()).isNotEqualTo(original);
  }

  @Test
  void a_missing_directory_is_named() {
    Path missing = temp.resolve("nowhere");

    assertThatThrownBy(() -> ModelBundle.open(missing))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining(missing + ": no such bundle directory");
  }

  @Test
  void a_missing_scheduler_is_named() throws IOException {
    Path copy = Fashion.copyTo(temp);
    Files.delete(copy.resolve("scheduler/scheduler_config.json"));

    assertThatThrownBy(() -> ModelBundle.open(copy))
        .hasMessageContaining("holds no scheduler configuration");
  }

  @Test
  void a_truncated_model_is_refused_in_one_line() throws IOException {
    Path copy = Fashion.copyTo(temp);
    Path model = copy.resolve("unet/model.onnx");
    byte[] bytes = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(() -> ModelBundle.open(copy))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining(model + ": not a model that ONNX Runtime can load")
        .hasMessageNotContaining("\n");
  }

  @Test
  void a_scheduler_that_is_not_json_is_refused_in_one_line() throws IOException {
    Path copy = Fashion.copyTo(temp);
    Path scheduler = copy.resolve("scheduler/scheduler_config.json");
    Files.writeString(scheduler, "{\"num_train_timesteps\": ");

    assertThatThrownBy(() -> ModelBundle.open(copy))
        .hasMessageContaining(scheduler + ": not valid JSON")
        .hasMessageNotContaining("\n");
  }
}
