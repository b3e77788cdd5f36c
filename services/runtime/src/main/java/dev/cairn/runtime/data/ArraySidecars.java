package dev.cairn.runtime.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What may lie beside an array of images: {@code labels.npy} (a whole number an image), {@code
 * labels.txt} (their names), {@code captions.jsonl} (a text, an array of texts, or an object with
 * captions, a line an image).
 */
public final class ArraySidecars {

  private static final String LABELS = "labels.npy";
  private static final String CAPTIONS = "captions.jsonl";

  private ArraySidecars() {}

  /**
   * Entries of an array of images.
   *
   * @throws DataException if there are more or fewer labels or captions than images
   */
  public static List<Entry> entries(Path directory, int images) {
    long[] labels = labels(directory.resolve(LABELS), images);
    List<List<String>> captions = captions(directory.resolve(CAPTIONS), images);
    ClassNames names = ClassNames.in(directory);
    List<Entry> entries = new ArrayList<>(images);
    for (int i = 0; i < images; i++) {
      int index = labels == null ? Entry.NO_CLASS : (int) labels[i];
      List<String> texts = captions == null ? List.of() : captions.get(i);
      entries.add(Entry.of(Entry.id(i), names.of(index), texts, index, ""));
    }
    return entries;
  }

  /** The files of a directory that entries are made of. */
  static List<Path> files(Path directory) {
    return java.util.stream.Stream.of(LABELS, CAPTIONS)
        .map(directory::resolve)
        .filter(Files::isRegularFile)
        .toList();
  }

  private static long[] labels(Path file, int images) {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      long[] labels = Npy.readIntegers(file).data();
      requireCount(file, labels.length, "labels", images);
      return labels;
    } catch (NpyException e) {
      throw new DataException(e.getMessage(), e);
    }
  }

  private static List<List<String>> captions(Path file, int images) {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    List<JsonNode> lines = Captions.documents(file);
    requireCount(file, lines.size(), "lines of captions", images);
    return lines.stream().map(Captions::of).toList();
  }

  private static void requireCount(Path file, int found, String what, int images) {
    if (found != images) {
      throw new DataException(
          "%s: holds %d %s for %d images; give one an image".formatted(file, found, what, images));
    }
  }
}
