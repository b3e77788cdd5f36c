package dev.cairn.app.process;

import dev.cairn.app.config.ModelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which version of a model lies where the configuration says. Links are resolved once, so that a
 * version is opened as a whole although a link moves meanwhile.
 *
 * @param settings where it was looked for
 * @param bundle real directory of the bundle
 * @param index real directory of the index
 * @param manifests what the two say of themselves, digests of all their contents included
 */
record ModelVersion(ModelSettings settings, Path bundle, Path index, String manifests) {

  /**
   * @throws IOException if a part is not there (any more, or yet)
   */
  static ModelVersion of(ModelSettings settings) throws IOException {
    Path bundle = settings.bundle().toRealPath();
    Path index = settings.index().toRealPath();
    Path gradients = bundle.resolve("gradients").resolve("manifest.json");
    String manifests =
        (Files.exists(gradients) ? Files.readString(gradients) : "")
            + Files.readString(index.resolve("manifest.json"));
    return new ModelVersion(settings, bundle, index, manifests);
  }
}
