package dev.cairn.app.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model whose generations are attributed.
 *
 * @param bundle directory of the compiled bundle
 * @param index directory of its index, which also says how features are made
 * @param data directory of the training images, for showing them
 */
public record ModelSettings(Path bundle, Path index, Optional<Path> data) {

  static ModelSettings read(Section model, Path base) {
    Path bundle = directory(model, "bundle", base, "the model bundle's directory");
    Path index = directory(model, "index", base, "the directory that 'cairn index' wrote");
    Path data = model.path("data", base);
    if (data != null && !Files.isDirectory(data)) {
      model.problem("data", data + " is no directory; give that of images.npy, or leave it out");
    }
    model.rejectUnknownKeys();
    return new ModelSettings(bundle, index, Optional.ofNullable(data));
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
