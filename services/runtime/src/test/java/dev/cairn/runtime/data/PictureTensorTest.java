package dev.cairn.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PictureTensorTest {

  private static final int WIDTH = 7;
  private static final int HEIGHT = 5;

  /** Pillow 13, Image.resize((3, 4), BILINEAR). */
  private static final int[] SMALLER = {90, 107, 120, 123, 135, 97, 148, 153, 133, 122, 140, 172};

  /** Pillow 13, the first and the last row of Image.resize((10, 9), BILINEAR). */
  private static final int[] FIRST_ROW = {0, 50, 114, 177, 75, 49, 113, 176, 125, 34};

  private static final int[] LAST_ROW = {148, 86, 71, 171, 105, 115, 202, 123, 159, 238};

  @Test
  void resizing_agrees_with_pillow_but_for_its_rounding() {
    assertClose(resized(3, 4), 0, SMALLER);
    float[] larger = resized(10, 9);
    assertClose(larger, 0, FIRST_ROW);
    assertClose(larger, 80, LAST_ROW);
  }

  private static float[] resized(int width, int height) {
    float[] grey = new float[HEIGHT * WIDTH];
    for (int i = 0; i < grey.length; i++) {
      int y = i / WIDTH;
      int x = i % WIDTH;
      grey[i] = (37 * y + 91 * x + 13 * x * y) % 256;
    }
    float[] narrow = Resampling.axis(grey, HEIGHT, WIDTH, 1, width);
    return Resampling.axis(narrow, 1, HEIGHT, width, height);
  }

  /** Pillow rounds to whole numbers after each of its two passes. */
  private static void assertClose(float[] found, int from, int[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[from + i]).isCloseTo(expected[i], within(1.01f));
    }
  }

  @Test
  void the_range_is_minus_one_to_one_and_channels_come_first() {
    Picture picture = new Picture(2, 1, 3, new byte[] {0, (byte) 255, 51, 0, 0, 0});

    assertThat(PictureTensor.of(picture, 3, 1, 2))
        .containsExactly(new float[] {-1, -1, 1, -1, -0.6f, -1}, within(1e-6f));
  }

  @Test
  void colour_becomes_luminance_and_grey_is_repeated() {
    Picture colour = new Picture(1, 1, 3, new byte[] {(byte) 255, 0, 0});
    Picture grey = new Picture(1, 1, 1, new byte[] {(byte) 255});

    assertThat(PictureTensor.of(colour, 1, 1, 1))
        .containsExactly(new float[] {2 * 0.299f - 1}, within(1e-6f));
    assertThat(PictureTensor.of(grey, 3, 1, 1)).containsExactly(1, 1, 1);
  }

  @Test
  void the_middle_is_cut_out_of_what_is_not_square() {
    // Given columns of 0, 100, 200 and 250
    Picture wide =
        new Picture(4, 2, 1, new byte[] {0, 100, (byte) 200, (byte) 250, 0, 100, (byte) 200, -6});

    // Then
    assertThat(PictureTensor.of(wide, 1, 2, 2))
        .containsExactly(
            new float[] {
              100 * 2f / 255 - 1, 200 * 2f / 255 - 1, 100 * 2f / 255 - 1, 200 * 2f / 255 - 1
            },
            within(1e-6f));
  }
}
