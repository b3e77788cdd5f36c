package dev.cairn.gateway.pictures;

/**
 * An image as a model sees it.
 *
 * @param channels C
 * @param height H
 * @param width W
 * @param values C × H × W, row-major; of one or three channels from -1 (dark) to 1
 */
public record Pixels(int channels, int height, int width, float[] values) {

  public Pixels {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "no picture has %d × %d × %d elements".formatted(channels, height, width));
    }
    if (values.length != Math.multiplyExact(channels, Math.multiplyExact(height, width))) {
      throw new IllegalArgumentException(
          "%d values do not fill %d × %d × %d".formatted(values.length, channels, height, width));
    }
  }

  /**
   * Something to look at: one or three channels as they are; of any other number, a latent's, the
   * mean over channels, stretched from its least to its greatest value.
   */
  Pixels visible() {
    return channels == 1 || channels == 3 ? this : stretchedMean();
  }

  /** Weights from 0 (dark) to the greatest (bright): their mean over channels. */
  public Pixels weights() {
    int size = height * width;
    float[] mean = new float[size];
    float greatest = 0;
    for (int i = 0; i < size; i++) {
      for (int c = 0; c < channels; c++) {
        mean[i] += values[c * size + i] / channels;
      }
      greatest = Math.max(greatest, mean[i]);
    }
    for (int i = 0; i < size; i++) {
      mean[i] = greatest > 0 ? 2 * mean[i] / greatest - 1 : -1;
    }
    return new Pixels(1, height, width, mean);
  }

  /** Reduced by averaging blocks of whole pixels until no edge exceeds {@code longestEdge}. */
  Pixels reduced(int longestEdge) {
    int block = Math.ceilDiv(Math.max(height, width), longestEdge);
    if (block == 1) {
      return this;
    }
    int rows = Math.ceilDiv(height, block);
    int columns = Math.ceilDiv(width, block);
    float[] means = new float[channels * rows * columns];
    for (int c = 0, out = 0; c < channels; c++) {
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
          means[out++] = mean(c, y * block, x * block, block);
        }
      }
    }
    return new Pixels(channels, rows, columns, means);
  }

  private float mean(int channel, int top, int left, int block) {
    double sum = 0;
    int bottom = Math.min(top + block, height);
    int right = Math.min(left + block, width);
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += values[(channel * height + y) * width + x];
      }
    }
    return (float) (sum / ((bottom - top) * (right - left)));
  }

  private Pixels stretchedMean() {
    int size = height * width;
    float[] mean = new float[size];
    float least = Float.POSITIVE_INFINITY;
    float greatest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      for (int c = 0; c < channels; c++) {
        mean[i] += values[c * size + i] / channels;
      }
      least = Math.min(least, mean[i]);
      greatest = Math.max(greatest, mean[i]);
    }
    float range = greatest - least;
    for (int i = 0; i < size; i++) {
      mean[i] = range > 0 ? 2 * (mean[i] - least) / range - 1 : 0;
    }
    return new Pixels(1, height, width, mean);
  }
}
