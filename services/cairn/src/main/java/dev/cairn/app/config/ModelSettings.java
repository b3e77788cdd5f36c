package dev.cairn.app.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model whose generations are attributed.
 *
 * @param id what events call the model; the name of the bundle's directory unless told otherwise
 * @param bundle directory of the compiled bundle
 * @param index directory of its index
 * @param data directory of the training images, for showing them; optional
 */
public record ModelSettings(String id, Path bundle, Path index, Optional<Path> data) {

  /** A model that is called as its bundle's directory. */
  public ModelSettings(Path bundle, Path index, Optional<Path> data) {
    this(nameOf(bundle), bundle, index, data);
  }

  private static String nameOf(Path bundle) {
    return bundle == null ? "" : bundle.toAbsolutePath().normalize().getFileName().toString();
  }

  static ModelSettings read(Section model, Path base) {
    Path bundle = directory(model, "bundle", base, "the model bundle's directory");
    Path index = directory(model, "index", base, "the directory that 'cairn index' wrote");
    Path data = model.path("data", base);
    if (data != null && !Files.isDirectory(data)) {
      model.problem("data", data + " is no directory; give that of images.npy, or leave it out");
    }
    String id = model.text("id", nameOf(bundle));
    model.rejectUnknownKeys();
    return new ModelSettings(id, bundle, index, Optional.ofNullable(data));
  }

  private static Path directory(Section model, String key, Path base, String what) {
    Path path = model.path(key, base);
    if (path == null) {
      model.problem(key, "is missing; give " + what);
    } else if (!Files.isDirectory(path)) {
      model.problem(key, path + " is no directory; give " + what);
    }
    return path;
  }
}
