package dev.cairn.runtime.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells by its files what kind a data set is. */
public final class PictureSets {

  private PictureSets() {}

  /**
   * Opens a data set of pictures.
   *
   * @param data a directory or a file
   * @param images directory of the pictures that a captions file names; null to look for it
   * @return the data set, or empty where {@code data} holds numbers that a model takes as they are
   *     (images.npy of floats)
   * @throws DataException if it is none that is known, or is damaged
   */
  public static Optional<PictureSet> open(Path data, Path images) {
    if (!Files.exists(data)) {
      throw new DataException(data + ": no such data");
    }
    Optional<PictureSet> set =
        Files.isDirectory(data) ? directory(data, images) : file(data, images);
    set.ifPresent(
        found -> {
          if (found.entries().isEmpty()) {
            throw new DataException(
                data
                    + ": holds no pictures; expected images.npy, a folder of PNG or JPEG files,"
                    + " COCO captions (.json), WebDataset (.tar), IDX, or CIFAR-10 (.bin)");
          }
        });
    return set;
  }

  private static Optional<PictureSet> directory(Path directory, Path images) {
    Path array = directory.resolve("images.npy");
    if (Files.isRegularFile(array)) {
      return array(array);
    }
    Path idx = IdxPictures.find(directory);
    if (idx != null) {
      return Optional.of(IdxPictures.open(idx));
    }
    List<Path> batches = CifarPictures.find(directory);
    if (!batches.isEmpty()) {
      return Optional.of(CifarPictures.open(batches));
    }
    List<Path> shards = ending(directory, ".tar");
    if (!shards.isEmpty()) {
      return Optional.of(WebDataset.open(shards));
    }
    Optional<Path> coco =
        ending(directory, ".json").stream().filter(CocoCaptions::knows).findFirst();
    return Optional.of(
        coco.map(document -> CocoCaptions.open(document, images))
            .orElseGet(() -> ImageFolder.open(directory)));
  }

  private static Optional<PictureSet> file(Path file, Path images) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npy")) {
      return array(file);
    }
    if (name.endsWith(".json")) {
      return Optional.of(CocoCaptions.open(file, images));
    }
    if (name.endsWith(".tar")) {
      return Optional.of(WebDataset.open(List.of(file)));
    }
    if (name.endsWith(".bin")) {
      return Optional.of(CifarPictures.open(List.of(file)));
    }
    if (IdxPictures.knows(file)) {
      return Optional.of(IdxPictures.open(file));
    }
    throw new DataException(
        file
            + ": no data set of a known kind; give a directory, or a .npy, .json, .tar, .bin or"
            + " images-idx3-ubyte file");
  }

  private static Optional<PictureSet> array(Path file) {
    return NpyPictures.knows(file) ? Optional.of(NpyPictures.open(file)) : Optional.empty();
  }

  private static List<Path> ending(Path directory, String ending) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw DataException.unreadable(directory, e);
    }
  }
}
