package dev.cairn.runtime.data;

import dev.cairn.attribution.NpyException;
import dev.cairn.attribution.NpyRows;
import dev.cairn.attribution.NpyType;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Pictures in a .npy of unsigned bytes: n × height × width, with a last or a second axis of 1 or 3
 * channels. Mapped, not loaded.
 */
final class NpyPictures implements PictureSet {

  private final Path file;
  private final NpyRows rows;
  private final List<Entry> entries;
  private final boolean channelsFirst;
  private final int channels;
  private final int height;
  private final int width;

  private NpyPictures(Path file) {
    this.file = file;
    this.rows = rows(file);
    List<Integer> shape = rows.shape();
    int rank = shape.size();
    boolean last = rank == 4 && isChannels(shape.get(3));
    this.channelsFirst = rank == 4 && !last && isChannels(shape.get(1));
    if (rank != 3 && !last && !channelsFirst) {
      throw new DataException(
          "%s: has shape %s; pictures are n × height × width, or have an axis of 1 or 3 channels"
              .formatted(file, shape));
    }
    this.channels = last ? shape.get(3) : channelsFirst ? shape.get(1) : 1;
    this.height = channelsFirst ? shape.get(2) : shape.get(1);
    this.width = channelsFirst ? shape.get(3) : shape.get(2);
    this.entries = ArraySidecars.entries(file.toAbsolutePath().getParent(), rows.rows());
  }

  /** Whether a file holds unsigned bytes, and so pictures and not what a model takes. */
  static boolean knows(Path file) {
    return rows(file).type() == NpyType.UINT8;
  }

  static PictureSet open(Path file) {
    return new NpyPictures(file);
  }

  private static NpyRows rows(Path file) {
    try {
      return NpyRows.open(file);
    } catch (NpyException e) {
      throw new DataException(e.getMessage(), e);
    }
  }

  private static boolean isChannels(int axis) {
    return axis == 1 || axis == 3;
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Picture picture(int i) {
    byte[] stored = new byte[rows.elements()];
    rows.bytes(i).get(stored);
    if (!channelsFirst || channels == 1) {
      return new Picture(width, height, channels, stored);
    }
    byte[] samples = new byte[stored.length];
    int pixels = height * width;
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int c = 0; c < channels; c++) {
        samples[pixel * channels + c] = stored[c * pixels + pixel];
      }
    }
    return new Picture(width, height, channels, samples);
  }

  @Override
  public List<Path> files() {
    return Stream.concat(
            Stream.of(file), ArraySidecars.files(file.toAbsolutePath().getParent()).stream())
        .toList();
  }
}
