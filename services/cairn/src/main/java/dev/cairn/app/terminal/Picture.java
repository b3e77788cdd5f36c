package dev.cairn.app.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * An image in [-1, 1] as lines of characters: one column a pixel, two rows of pixels a line.
 *
 * @param channels 1 (grey) or 3 (red, green, blue); any other count shows the first channel
 * @param height rows of pixels
 * @param width columns of pixels
 * @param pixels channels × height × width, values outside [-1, 1] are clipped
 */
public record Picture(int channels, int height, int width, float[] pixels) {

  private static final String INK = " .:-=+*#%@";
  private static final String UPPER_HALF = "\u2580";
  private static final String RESET = "\u001b[0m";

  public Picture {
    if (pixels.length != channels * height * width) {
      throw new IllegalArgumentException(
          "a picture of %d×%d×%d needs %d values, not %d"
              .formatted(channels, height, width, channels * height * width, pixels.length));
    }
  }

  /** A picture of {@code shape} (C×H×W). */
  public static Picture of(int[] shape, float[] pixels) {
    if (shape.length != 3) {
      throw new IllegalArgumentException("a picture has three axes, C×H×W, not " + shape.length);
    }
    return new Picture(shape[0], shape[1], shape[2], pixels);
  }

  /** Averages blocks of pixels until the picture is at most {@code columns} wide. */
  public Picture fitting(int columns) {
    int factor = Math.ceilDiv(width, columns);
    if (factor == 1) {
      return this;
    }
    int h = Math.max(1, height / factor);
    int w = Math.max(1, width / factor);
    float[] small = new float[channels * h * w];
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          small[(c * h + y) * w + x] = blockMean(c, y * factor, x * factor, factor);
        }
      }
    }
    return new Picture(channels, h, w, small);
  }

  private float blockMean(int c, int top, int left, int factor) {
    double sum = 0;
    for (int y = top; y < top + factor; y++) {
      for (int x = left; x < left + factor; x++) {
        sum += pixels[(c * height + y) * width + x];
      }
    }
    return (float) (sum / (factor * factor));
  }

  /** The lines, each exactly {@code width} columns wide when shown. */
  public List<String> lines(Shading shading) {
    List<String> lines = new ArrayList<>();
    for (int y = 0; y < height; y += 2) {
      lines.add(shading == Shading.ASCII ? inkLine(y) : colourLine(y, shading));
    }
    return lines;
  }

  private String inkLine(int y) {
    StringBuilder line = new StringBuilder(width);
    for (int x = 0; x < width; x++) {
      int below = Math.min(y + 1, height - 1);
      double level = (grey(y, x) + grey(below, x)) / 2;
      line.append(INK.charAt((int) Math.min(INK.length() - 1, level * INK.length())));
    }
    return line.toString();
  }

  private String colourLine(int y, Shading shading) {
    StringBuilder line = new StringBuilder(width * 24);
    String previous = "";
    for (int x = 0; x < width; x++) {
      String colours =
          colour(38, y, x, shading) + colour(48, Math.min(y + 1, height - 1), x, shading);
      // Repeating an unchanged colour would triple the bytes sent to a slow terminal.
      if (!colours.equals(previous)) {
        line.append(colours);
        previous = colours;
      }
      line.append(UPPER_HALF);
    }
    return line.append(RESET).toString();
  }

  private String colour(int layer, int y, int x, Shading shading) {
    if (shading == Shading.GREY256) {
      // Palette entries 232 to 255 are greys from 8 to 238; 16 and 231 are black and white.
      long level = Math.round(grey(y, x) * 25);
      long entry = level == 0 ? 16 : level == 25 ? 231 : 231 + level;
      return "\u001b[" + layer + ";5;" + entry + "m";
    }
    boolean coloured = channels == 3;
    return "\u001b["
        + layer
        + ";2;"
        + Math.round(255 * unit(0, y, x))
        + ";"
        + Math.round(255 * unit(coloured ? 1 : 0, y, x))
        + ";"
        + Math.round(255 * unit(coloured ? 2 : 0, y, x))
        + "m";
  }

  /** Luminance in [0, 1] with the weights of Rec. 601. */
  private double grey(int y, int x) {
    return channels == 3
        ? 0.299 * unit(0, y, x) + 0.587 * unit(1, y, x) + 0.114 * unit(2, y, x)
        : unit(0, y, x);
  }

  private double unit(int c, int y, int x) {
    return Math.clamp((pixels[(c * height + y) * width + x] + 1.0) / 2, 0.0, 1.0);
  }
}
