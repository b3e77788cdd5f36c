package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.diffusion.DdimSampler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageGeneratorTest {

  private final ModelBundle bundle = ModelBundle.open(Fashion.resources());

  private float[] generate(String id, long seed, List<SampledStep> steps) {
    try (Denoiser denoiser = new Denoiser(bundle.model())) {
      DdimSampler sampler = DdimSampler.of(bundle.schedule(), 20, 0);
      return new ImageGenerator(bundle, denoiser, sampler, seed).generate(id, Map.of(), steps::add);
    }
  }

  @Test
  void the_same_seed_and_id_draw_the_same_image() {
    float[] image = generate("g", 7, new ArrayList<>());

    assertThat(generate("g", 7, new ArrayList<>())).isEqualTo(image);
    assertThat(generate("g", 8, new ArrayList<>())).isNotEqualTo(image);
    assertThat(generate("h", 7, new ArrayList<>())).isNotEqualTo(image);
  }

  @Test
  void every_step_is_heard_once_and_the_estimates_end_at_the_image() {
    // Given
    List<SampledStep> steps = new ArrayList<>();

    // When
    float[] image = generate("g", 7, steps);

    // Then
    assertThat(steps).extracting(SampledStep::step).isSorted().hasSize(20);
    assertThat(steps).allMatch(step -> step.stepCount() == 20);
    assertThat(steps.getFirst().timestep()).isEqualTo(999);
    assertThat(steps.getLast().timestep()).isZero();
    assertThat(steps.getLast().denoised()).isEqualTo(image);
  }
}
