package dev.cairn.gateway.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PixelsTest {

  @Test
  void colours_keep_their_channels() throws IOException {
    Pixels red = new Pixels(3, 1, 1, new float[] {1, -1, -1});

    var image = ImageIO.read(new ByteArrayInputStream(Png.of(red)));

    assertThat(image.getRGB(0, 0)).isEqualTo(0xFFFF0000);
  }

  @Test
  void a_large_image_is_reduced_by_averaging() {
    Pixels image = new Pixels(1, 2, 4, new float[] {0, 1, 0, 0, 1, 0, 0, 1});

    Pixels reduced = image.reduced(2);

    assertThat(reduced.height()).isOne();
    assertThat(reduced.width()).isEqualTo(2);
    assertThat(reduced.values()).containsExactly(0.5f, 0.25f);
  }

  @Test
  void a_latent_is_shown_as_its_mean_over_channels_stretched() {
    Pixels latent = new Pixels(4, 1, 2, new float[] {0, 4, 0, 4, 0, 4, 0, 4});

    assertThat(latent.visible().values()).containsExactly(-1f, 1f);
  }

  @Test
  void values_that_do_not_fill_the_shape_are_refused() {
    assertThatThrownBy(() -> new Pixels(1, 2, 2, new float[3])).hasMessageContaining("3 values");
  }
}
