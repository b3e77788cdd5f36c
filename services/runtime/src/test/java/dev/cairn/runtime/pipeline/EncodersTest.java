package dev.cairn.runtime.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class EncodersTest {

  private static final List<Integer> LATENT = List.of(4, 8, 8);

  private final float[] pixels = new float[3 * 16 * 16];

  EncodersTest() {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) Math.sin(i);
    }
  }

  @Test
  void captions_become_tokens_by_width_and_differ() {
    try (TextEncoder encoder = TextEncoder.open(TextLatents.resources())) {
      float[] red = encoder.encode("a red square");
      float[] blue = encoder.encode("a blue square");

      assertThat(red).hasSize(8 * 16).isNotEqualTo(blue).isEqualTo(encoder.encode("A red square"));
    }
  }

  @Test
  void the_mean_is_the_same_each_time_and_a_sample_follows_its_seed_and_id() {
    try (ImageEncoder mean = open(LatentKind.MEAN, 1);
        ImageEncoder drawn = open(LatentKind.SAMPLE, 1);
        ImageEncoder otherwise = open(LatentKind.SAMPLE, 2)) {
      assertThat(mean.imageShape()).containsExactly(3, 16, 16);
      assertThat(mean.encode("a", pixels)).hasSize(256).isEqualTo(mean.encode("b", pixels));
      assertThat(drawn.encode("a", pixels))
          .isEqualTo(drawn.encode("a", pixels))
          .isNotEqualTo(drawn.encode("b", pixels))
          .isNotEqualTo(otherwise.encode("a", pixels))
          .isNotEqualTo(mean.encode("a", pixels));
      assertThat(drawn.digest()).isNotEqualTo(otherwise.digest()).isNotEqualTo(mean.digest());
    }
  }

  @Test
  void latents_of_another_shape_than_the_denoisers_are_refused() {
    assertThatThrownBy(
            () -> ImageEncoder.open(TextLatents.resources(), List.of(3, 8, 8), LatentKind.MEAN, 0))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("[3, 8, 8]");
  }

  private static ImageEncoder open(LatentKind kind, long seed) {
    return ImageEncoder.open(TextLatents.resources(), LATENT, kind, seed);
  }
}
