package dev.cairn.runtime.data;

import java.nio.file.Path;
import java.util.List;

/**
 * A data set of pictures. Entries are in memory, pictures are read when asked for; any number of
 * threads may ask.
 */
public interface PictureSet {

  /** All entries, in an order that does not depend on the machine. */
  List<Entry> entries();

  /**
   * Reads picture i.
   *
   * @throws DataException if it cannot be decoded
   */
  Picture picture(int i);

  /** The files that hold pictures, labels and captions, in a fixed order. */
  List<Path> files();
}
