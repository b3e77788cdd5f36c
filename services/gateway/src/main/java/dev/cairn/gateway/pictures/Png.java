package dev.cairn.gateway.pictures;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Images as PNG files. */
public final class Png {

  private static final int LONGEST_EDGE = 128;

  static {
    // A cache on disk is for large images; these fit in memory many times over.
    ImageIO.setUseCache(false);
  }

  private Png() {}

  /** The bytes of a picture, no edge of which exceeds 128 pixels. */
  public static byte[] of(Pixels image) {
    Pixels pixels = image.visible().reduced(LONGEST_EDGE);
    int size = pixels.height() * pixels.width();
    boolean grey = pixels.channels() == 1;
    BufferedImage picture =
        new BufferedImage(
            pixels.width(),
            pixels.height(),
            grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    int[] samples = new int[grey ? size : 3 * size];
    for (int i = 0, out = 0; i < size; i++) {
      for (int c = 0; c < pixels.channels(); c++) {
        samples[out++] = level(pixels.values()[c * size + i]);
      }
    }
    picture.getRaster().setPixels(0, 0, pixels.width(), pixels.height(), samples);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static int level(float value) {
    return Math.clamp(Math.round((value + 1) * 127.5f), 0, 255);
  }
}
