package dev.cairn.runtime.data;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;

/** Decodes PNG, JPEG, GIF and BMP with the JDK. */
final class PictureDecoder {

  private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "gif", "bmp");

  static {
    ImageIO.setUseCache(false); // pictures come from memory; no temporary files
  }

  private PictureDecoder() {}

  /** Whether a file of that name holds a picture that can be decoded. */
  static boolean knows(String fileName) {
    return ENDINGS.contains(
        fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /**
   * @param encoded the file's bytes
   * @param name for messages
   */
  static Picture decode(byte[] encoded, Object name) {
    try {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(encoded));
      if (image == null) {
        throw new DataException(
            name + ": no picture that can be decoded; give PNG, JPEG, GIF or BMP");
      }
      return isGrey(image) ? grey(image) : colour(image);
    } catch (IOException e) {
      throw new DataException(
          "%s: a damaged picture (%s); remove or mend it".formatted(name, e.getMessage()), e);
    }
  }

  private static boolean isGrey(BufferedImage image) {
    ColorModel model = image.getColorModel();
    return model.getNumColorComponents() == 1 && !(model instanceof IndexColorModel);
  }

  /** Straight from the raster: getRGB would send grey through a colour space and change it. */
  private static Picture grey(BufferedImage image) {
    Raster raster = image.getRaster();
    int shift = raster.getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT ? 8 : 0;
    int width = image.getWidth();
    byte[] samples = new byte[width * image.getHeight()];
    int[] row = new int[width];
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        samples[y * width + x] = (byte) (row[x] >> shift);
      }
    }
    return new Picture(width, image.getHeight(), 1, samples);
  }

  /** An alpha channel is dropped, as training scripts do with convert("RGB"). */
  private static Picture colour(BufferedImage image) {
    int width = image.getWidth();
    byte[] samples = new byte[width * image.getHeight() * 3];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int rgb : row) {
        samples[at++] = (byte) (rgb >> 16);
        samples[at++] = (byte) (rgb >> 8);
        samples[at++] = (byte) rgb;
      }
    }
    return new Picture(width, image.getHeight(), 3, samples);
  }
}
