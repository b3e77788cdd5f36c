package dev.cairn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.of(SchedulerConfig.defaults());

  // One step at x = 0.7, ε̂ = −0.3, noise 1.1, from the formulas of diffusers in NumPy.
  @ParameterizedTest
  @CsvSource({
    "999, 979, fixed_small, 1.2073171878823965",
    "999, 979, fixed_large, 1.2073234613917352",
    "500, 480, fixed_small, 1.1445549117049905",
    "500, 480, fixed_large, 1.1488942813208842",
  })
  void a_ddpm_step_follows_diffusers(int from, int to, String variance, double expected) {
    NoiseSchedule schedule =
        NoiseSchedule.of(SchedulerConfig.parse(Map.of("variance_type", variance)));
    assertThat(step(new DdpmSampler(schedule, new int[] {from, to})))
        .isCloseTo((float) expected, within(2e-6f));
  }

  @ParameterizedTest
  @CsvSource({
    "999, 979, 0, -0.2922308700816733",
    "999, 979, 0.5, 0.036259527725227614",
    "999, 979, 1, 0.393887146466585",
    "500, 480, 0, 0.022592458314348418",
    "500, 480, 0.5, 0.2607873094025315",
    "500, 480, 1, 0.5142415137337683",
  })
  void a_ddim_step_follows_diffusers(int from, int to, double eta, double expected) {
    assertThat(step(new DdimSampler(SCHEDULE, new int[] {from, to}, eta)))
        .isCloseTo((float) expected, within(2e-6f));
  }

  @Test
  void the_last_step_gives_the_denoised_image_without_noise() {
    float[] x = {0.2f};
    float[] denoised = new float[1];
    for (Sampler sampler :
        new Sampler[] {DdpmSampler.of(SCHEDULE, 5), DdimSampler.of(SCHEDULE, 5, 1)}) {
      float[] out = new float[1];
      assertThat(sampler.needsNoise(4)).isFalse();
      sampler.step(x, 4, new float[] {0.1f}, null, denoised, out);
      assertThat(out).containsExactly(denoised);
    }
  }

  @Test
  void without_the_final_alpha_of_one_ddim_ends_at_the_first_timestep() {
    NoiseSchedule schedule =
        NoiseSchedule.of(SchedulerConfig.parse(Map.of("set_alpha_to_one", false)));
    float[] out = new float[1];
    new DdimSampler(schedule, new int[] {0}, 0)
        .step(new float[] {0.2f}, 0, new float[] {0.1f}, null, new float[1], out);
    assertThat(out[0]).isCloseTo(0.2f, within(1e-6f));
  }

  @Test
  void an_exact_predictor_of_one_image_is_sampled_back_to_that_image() {
    // Given the optimal denoiser of a training set of one image
    float[] image = {0.5f, -0.75f, 0.1f};
    NoiseBank bank = new NoiseBank(3);
    for (Sampler sampler :
        new Sampler[] {
          DdpmSampler.of(SCHEDULE, 1000), DdpmSampler.of(SCHEDULE, 20),
          DdimSampler.of(SCHEDULE, 50, 0), DdimSampler.of(SCHEDULE, 50, 1)
        }) {
      float[] x = new float[3];
      float[] prediction = new float[3];
      float[] noise = new float[3];
      float[] denoised = new float[3];
      bank.initial("g", x);
      int[] timesteps = sampler.timesteps();

      // When
      for (int i = 0; i < timesteps.length; i++) {
        double alphaBar = SCHEDULE.alphaBar(timesteps[i]);
        PredictionType.SAMPLE.epsilon(x, image, alphaBar, prediction);
        bank.sampling("g", timesteps[i], noise);
        sampler.step(x, i, prediction, sampler.needsNoise(i) ? noise : null, denoised, x);
      }

      // Then
      assertThat(x).containsExactly(image, within(1e-4f));
    }
  }

  @Test
  void steps_that_cannot_be_taken_are_refused() {
    assertThatThrownBy(() -> step(new DdpmSampler(SCHEDULE, new int[] {5, 5})))
        .hasMessage("timesteps must descend, but 5 follows 5");
    assertThatThrownBy(() -> new DdpmSampler(SCHEDULE, new int[] {1000}))
        .hasMessage("timestep 1000 is outside [0, 1000)");
    assertThatThrownBy(() -> DdimSampler.of(SCHEDULE, 5, 1.5))
        .hasMessage("eta is 1.5, must lie in [0, 1]");
    float[] one = new float[1];
    assertThatThrownBy(() -> DdpmSampler.of(SCHEDULE, 5).step(one, 0, one, null, one, one))
        .hasMessage("the DDPM step from timestep 999 needs noise");
    assertThatThrownBy(() -> DdpmSampler.of(SCHEDULE, 5).step(one, 0, new float[2], one, one, one))
        .hasMessageContaining("equal lengths");
  }

  private static float step(Sampler sampler) {
    float[] out = new float[1];
    sampler.step(new float[] {0.7f}, 0, new float[] {-0.3f}, new float[] {1.1f}, new float[1], out);
    return out[0];
  }
}
