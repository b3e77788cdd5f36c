package dev.cairn.validation.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/** Images in [−1, 1] as PNG data that a page can hold. */
public final class PngImages {
  private final int channels;
  private final int height;
  private final int width;

  /**
   * @param shape channels × height × width; more than three channels show the first
   */
  public PngImages(List<Integer> shape) {
    channels = shape.get(0) == 3 ? 3 : 1;
    height = shape.get(1);
    width = shape.get(2);
  }

  /** A picture as the source of an img element. */
  public String dataUri(float[] image) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int p = 0; p < height * width; p++) {
      int red = level(image[p]);
      int green = channels == 3 ? level(image[p + height * width]) : red;
      int blue = channels == 3 ? level(image[p + 2 * height * width]) : red;
      picture.setRGB(p % width, p / width, red << 16 | green << 8 | blue);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.setUseCache(false);
      ImageIO.write(picture, "png", bytes);
    } catch (IOException e) {
      throw new IllegalStateException("memory can be written", e);
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static int level(float value) {
    return Math.clamp(Math.round((value + 1) * 127.5f), 0, 255);
  }
}
