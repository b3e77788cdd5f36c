package dev.cairn.runtime.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * MNIST's IDX format, plain or .gz: a file of pictures ({@code …images-idx3-ubyte}), and beside it
 * one of labels ({@code …labels-idx1-ubyte}), optional; names of the labels in labels.txt.
 */
final class IdxPictures implements PictureSet {

  private static final Pattern NAME = Pattern.compile(".*images.*idx3.*ubyte(\\.gz)?");
  private static final int HEADER = 16;
  private static final int LABEL_HEADER = 8;
  private static final int UNSIGNED_BYTES = 8;

  private final MappedBytes pictures;
  private final int height;
  private final int width;
  private final List<Entry> entries;
  private final List<Path> files = new ArrayList<>();

  private IdxPictures(Path file) {
    pictures = MappedBytes.open(file);
    files.add(file);
    int[] axes = axes(pictures, 3, HEADER);
    height = axes[1];
    width = axes[2];
    entries = entries(file, axes[0]);
  }

  /** Whether a file is named like one of pictures. */
  static boolean knows(Path file) {
    return NAME.matcher(file.getFileName().toString()).matches();
  }

  static PictureSet open(Path file) {
    return new IdxPictures(file);
  }

  /** The one file of a directory; where there are several, the training set. */
  static Path find(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found = files.filter(IdxPictures::knows).sorted().toList();
      return found.stream()
          .filter(file -> file.getFileName().toString().startsWith("train"))
          .findFirst()
          .orElse(found.isEmpty() ? null : found.getFirst());
    } catch (IOException e) {
      throw DataException.unreadable(directory, e);
    }
  }

  private List<Entry> entries(Path file, int count) {
    Path labels = labels(file);
    MappedBytes classes = labels == null ? null : MappedBytes.open(labels);
    if (classes != null) {
      files.add(labels);
      int found = axes(classes, 1, LABEL_HEADER)[0];
      if (found != count) {
        throw new DataException(
            "%s: holds %d labels for %d pictures".formatted(labels, found, count));
      }
    }
    ClassNames names = ClassNames.in(file.toAbsolutePath().getParent());
    List<Entry> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int index = classes == null ? Entry.NO_CLASS : classes.unsigned(LABEL_HEADER + i);
      all.add(Entry.of(Entry.id(i), names.of(index), List.of(), index, ""));
    }
    return List.copyOf(all);
  }

  /** Packed or not, independently of the pictures. */
  private static Path labels(Path file) {
    String name = file.getFileName().toString().replace("images", "labels").replace("idx3", "idx1");
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    return Stream.of(plain, plain + ".gz")
        .map(file::resolveSibling)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElse(null);
  }

  private static int[] axes(MappedBytes bytes, int rank, int header) {
    if (bytes.size() < header
        || bytes.unsigned(0) != 0
        || bytes.unsigned(1) != 0
        || bytes.unsigned(2) != UNSIGNED_BYTES
        || bytes.unsigned(3) != rank) {
      throw new DataException(
          "%s: no IDX file of unsigned bytes with %d axes".formatted(bytes.file(), rank));
    }
    int[] axes = new int[rank];
    ByteBuffer.wrap(bytes.copy(4, header - 4)).asIntBuffer().get(axes);
    long expected = header;
    long elements = 1;
    for (int axis : axes) {
      elements *= Integer.toUnsignedLong(axis);
    }
    expected += elements;
    if (expected != bytes.size() || axes[0] < 1) {
      throw new DataException(
          "%s: %d bytes long where its header needs %d"
              .formatted(bytes.file(), bytes.size(), expected));
    }
    return axes;
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Picture picture(int i) {
    int bytes = height * width;
    return new Picture(width, height, 1, pictures.copy(HEADER + (long) i * bytes, bytes));
  }

  @Override
  public List<Path> files() {
    return List.copyOf(files);
  }
}
