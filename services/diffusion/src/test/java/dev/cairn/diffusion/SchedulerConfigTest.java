package dev.cairn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchedulerConfigTest {

  @Test
  void absent_settings_take_the_defaults_of_diffusers() {
    assertThat(SchedulerConfig.parse(Map.of("_class_name", "DDPMScheduler")))
        .isEqualTo(
            new SchedulerConfig(
                1000,
                "linear",
                1e-4,
                0.02,
                List.of(),
                false,
                "epsilon",
                true,
                1.0,
                "fixed_small",
                true,
                0));
  }

  @Test
  void an_explicit_null_counts_as_absent() {
    Map<String, Object> json = new HashMap<>();
    json.put("trained_betas", null);
    assertThat(SchedulerConfig.parse(json)).isEqualTo(SchedulerConfig.defaults());
  }

  @Test
  void all_problems_are_reported_at_once() {
    assertThatThrownBy(
            () ->
                SchedulerConfig.parse(
                    Map.of(
                        "num_train_timesteps", 0,
                        "beta_schedule", "cubic",
                        "prediction_type", "flow",
                        "variance_type", "learned_range")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("num_train_timesteps is 0")
        .hasMessageContaining("beta schedule 'cubic' is not one of linear, scaled_linear")
        .hasMessageContaining("prediction type 'flow'")
        .hasMessageContaining("variance type 'learned_range'");
  }

  @Test
  void a_setting_of_the_wrong_type_is_named() {
    assertThatThrownBy(() -> SchedulerConfig.parse(Map.of("beta_start", "small")))
        .hasMessage("scheduler configuration: beta_start is small, must be a number");
    assertThatThrownBy(() -> SchedulerConfig.parse(Map.of("num_train_timesteps", 10.5)))
        .hasMessageContaining("must be a whole number");
  }

  @Test
  void unsupported_settings_that_change_the_result_are_refused() {
    assertThatThrownBy(() -> SchedulerConfig.parse(Map.of("thresholding", true)))
        .hasMessageContaining("thresholding is not supported");
    assertThatThrownBy(() -> SchedulerConfig.parse(Map.of("rescale_betas_zero_snr", true)))
        .hasMessageContaining("prediction_type epsilon cannot denoise");
  }
}
