package dev.cairn.runtime.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Names of classes: the name of class k on line k, from 0. A class without a name is called by its
 * number.
 */
record ClassNames(List<String> names) {

  ClassNames {
    names = List.copyOf(names);
  }

  /** Those in {@code labels.txt} of a directory; none if there is no such file. */
  static ClassNames in(Path directory) {
    return read(directory.resolve("labels.txt"));
  }

  static ClassNames read(Path file) {
    try {
      return new ClassNames(
          Files.isRegularFile(file)
              ? Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList()
              : List.of());
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }

  String of(long index) {
    if (index < 0) {
      return "";
    }
    return index < names.size() ? names.get((int) index) : Long.toString(index);
  }
}
