package dev.cairn.runtime.data;

/**
 * A picture as it is stored.
 *
 * @param width in pixels
 * @param height in pixels
 * @param channels 1 (grey) or 3 (red, green, blue)
 * @param samples height × width × channels, unsigned, row by row
 */
public record Picture(int width, int height, int channels, byte[] samples) {

  public Picture {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException("a picture has 1 or 3 channels, not " + channels);
    }
    if ((long) width * height * channels != samples.length || samples.length == 0) {
      throw new IllegalArgumentException(
          "%d samples for %d × %d × %d".formatted(samples.length, height, width, channels));
    }
  }

  /** Returns a sample, 0 to 255. */
  int sample(int y, int x, int channel) {
    return Byte.toUnsignedInt(samples[(y * width + x) * channels + channel]);
  }
}
