package dev.cairn.runtime.data;

/**
 * Turns pictures into what models of the Hugging Face kind are trained on: the shorter side resized
 * to the model's, the middle cut out, [0, 255] brought to [−1, 1].
 */
public final class PictureTensor {

  private PictureTensor() {}

  /**
   * @param channels 1 (colour becomes luminance) or 3 (grey is repeated)
   * @return channels × height × width, flattened
   */
  public static float[] of(Picture picture, int channels, int height, int width) {
    float[] planes = planes(picture, channels);
    double scale = Math.max((double) height / picture.height(), (double) width / picture.width());
    int tall = Math.max(height, (int) Math.round(picture.height() * scale));
    int wide = Math.max(width, (int) Math.round(picture.width() * scale));
    float[] resized =
        Resampling.axis(planes, channels * picture.height(), picture.width(), 1, wide);
    resized = Resampling.axis(resized, channels, picture.height(), wide, tall);
    return centre(resized, channels, tall, wide, height, width);
  }

  private static float[] planes(Picture picture, int channels) {
    int pixels = picture.height() * picture.width();
    float[] planes = new float[channels * pixels];
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        for (int c = 0; c < channels; c++) {
          planes[c * pixels + y * picture.width() + x] =
              channel(picture, y, x, c, channels) / 127.5f - 1;
        }
      }
    }
    return planes;
  }

  /** Luminance by ITU-R 601-2, as Pillow's convert("L"). */
  private static float channel(Picture picture, int y, int x, int c, int channels) {
    if (picture.channels() == 1) {
      return picture.sample(y, x, 0);
    }
    return channels == 3
        ? picture.sample(y, x, c)
        : 0.299f * picture.sample(y, x, 0)
            + 0.587f * picture.sample(y, x, 1)
            + 0.114f * picture.sample(y, x, 2);
  }

  private static float[] centre(
      float[] planes, int channels, int tall, int wide, int height, int width) {
    if (tall == height && wide == width) {
      return planes;
    }
    int top = (tall - height) / 2;
    int left = (wide - width) / 2;
    float[] cut = new float[channels * height * width];
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < height; y++) {
        System.arraycopy(
            planes, (c * tall + top + y) * wide + left, cut, (c * height + y) * width, width);
      }
    }
    return cut;
  }
}
