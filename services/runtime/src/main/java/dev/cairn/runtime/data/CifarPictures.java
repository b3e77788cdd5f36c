package dev.cairn.runtime.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * CIFAR-10's binary version: records of a label and 3 × 32 × 32 samples; names of the labels in
 * batches.meta.txt.
 */
final class CifarPictures implements PictureSet {

  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int RECORD = 1 + 3 * PLANE;

  private final List<MappedBytes> batches;
  private final List<Entry> entries = new ArrayList<>();
  private final int[] firstOfBatch;

  private CifarPictures(List<Path> files) {
    batches = files.stream().map(MappedBytes::open).toList();
    firstOfBatch = new int[batches.size()];
    ClassNames names = ClassNames.read(files.getFirst().resolveSibling("batches.meta.txt"));
    for (int b = 0; b < batches.size(); b++) {
      MappedBytes batch = batches.get(b);
      if (batch.size() == 0 || batch.size() % RECORD != 0) {
        throw new DataException(
            "%s: %d bytes are no CIFAR-10 records of %d bytes"
                .formatted(batch.file(), batch.size(), RECORD));
      }
      firstOfBatch[b] = entries.size();
      for (long record = 0; record < batch.size() / RECORD; record++) {
        int index = batch.unsigned(record * RECORD);
        String id = Entry.id(entries.size());
        entries.add(Entry.of(id, names.of(index), List.of(), index, ""));
      }
    }
  }

  static PictureSet open(List<Path> batches) {
    return new CifarPictures(batches);
  }

  /** The training batches of a directory, in order. */
  static List<Path> find(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches("data_batch_\\d+\\.bin"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw DataException.unreadable(directory, e);
    }
  }

  @Override
  public List<Entry> entries() {
    return Collections.unmodifiableList(entries);
  }

  @Override
  public Picture picture(int i) {
    int batch = batches.size() - 1;
    while (firstOfBatch[batch] > i) {
      batch--;
    }
    byte[] planes =
        batches.get(batch).copy((long) (i - firstOfBatch[batch]) * RECORD + 1, 3 * PLANE);
    byte[] samples = new byte[planes.length];
    for (int pixel = 0; pixel < PLANE; pixel++) {
      for (int c = 0; c < 3; c++) {
        samples[pixel * 3 + c] = planes[c * PLANE + pixel];
      }
    }
    return new Picture(SIDE, SIDE, 3, samples);
  }

  @Override
  public List<Path> files() {
    return batches.stream().map(MappedBytes::file).toList();
  }
}
