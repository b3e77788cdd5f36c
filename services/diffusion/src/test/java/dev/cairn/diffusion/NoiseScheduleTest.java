package dev.cairn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoiseScheduleTest {

  // ᾱ at 0, 499 and 999 of the diffusers formulas, evaluated with NumPy in double precision.
  @ParameterizedTest
  @CsvSource({
    "linear, 1e-4, 0.02, 0.9999, 0.07858724288177824, 4.035829765375676e-05",
    "scaled_linear, 0.00085, 0.012, 0.99915, 0.27766965045646763, 0.004660098513077238",
    "squaredcos_cap_v2, 1e-4, 0.02, 0.999958715775178, 0.4938435904406382, 2.4287669070348567e-09",
    "sigmoid, 1e-4, 0.02, 0.9998507947991829, 0.30193105660219516, 3.968181990533219e-05",
  })
  void alpha_bar_follows_diffusers(
      String name, double start, double end, double first, double middle, double last) {
    NoiseSchedule schedule =
        schedule(Map.of("beta_schedule", name, "beta_start", start, "beta_end", end));

    assertThat(schedule.timesteps()).isEqualTo(1000);
    assertThat(schedule.alphaBar(0)).isCloseTo(first, within(1e-14));
    assertThat(schedule.alphaBar(499)).isCloseTo(middle, within(1e-13));
    assertThat(schedule.alphaBar(999)).isCloseTo(last, within(last * 1e-10));
  }

  @Test
  void trained_betas_take_the_place_of_a_formula() {
    NoiseSchedule schedule =
        NoiseSchedule.of(
            SchedulerConfig.parse(
                Map.of(
                    "num_train_timesteps",
                    2,
                    "trained_betas",
                    java.util.List.of(0.5, 0.25),
                    "beta_schedule",
                    "linear")));
    assertThat(schedule.alphaBar(0)).isEqualTo(0.5);
    assertThat(schedule.alphaBar(1)).isEqualTo(0.375);
  }

  @Test
  void zero_terminal_snr_leaves_no_signal_at_the_last_timestep() {
    NoiseSchedule schedule =
        schedule(Map.of("rescale_betas_zero_snr", true, "prediction_type", "v_prediction"));
    assertThat(schedule.alphaBar(0)).isCloseTo(0.9999, within(1e-12));
    assertThat(schedule.alphaBar(499)).isCloseTo(0.07602875054711478, within(1e-12));
    assertThat(schedule.alphaBar(999)).isZero();
  }

  @Test
  void noising_and_denoising_with_the_true_noise_gives_the_image_back() {
    float[] x0 = {-1, 0.25f, 1};
    float[] epsilon = {0.5f, -2, 0.1f};
    for (String type : new String[] {"epsilon", "v_prediction", "sample"}) {
      NoiseSchedule schedule = schedule(Map.of("prediction_type", type));
      for (int t : new int[] {0, 300, 700}) {
        float[] x = new float[3];
        float[] target = new float[3];
        float[] denoised = new float[3];
        float[] noise = new float[3];

        schedule.addNoise(x0, epsilon, t, x);
        schedule.target(x0, epsilon, t, target);
        schedule.denoised(x, target, t, denoised);
        schedule.predictionType().epsilon(x, target, schedule.alphaBar(t), noise);

        assertThat(denoised).as("%s at %d", type, t).containsExactly(x0, within(2e-5f));
        assertThat(noise).as("%s at %d", type, t).containsExactly(epsilon, within(2e-4f));
      }
    }
  }

  @Test
  void the_denoised_image_is_clipped_only_where_the_scheduler_clips() {
    float[] x = {10, -10};
    float[] prediction = {0, 0};
    float[] out = new float[2];

    schedule(Map.of("clip_sample_range", 0.5)).denoised(x, prediction, 0, out);
    assertThat(out).containsExactly(0.5f, -0.5f);

    schedule(Map.of("clip_sample", false)).denoised(x, prediction, 0, out);
    assertThat(out[0]).isCloseTo(10.0005f, within(1e-4f));
  }

  private static NoiseSchedule schedule(Map<String, Object> settings) {
    return NoiseSchedule.of(
        SchedulerConfig.parse(Collections.unmodifiableMap(new HashMap<>(settings))));
  }
}
