package dev.cairn.validation;

import dev.cairn.attribution.AtomicFile;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.TrainingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a directory's validation is of, so that finished models are not mixed with others. */
final class Plan {
  private final Path file;

  Plan(Path directory) {
    this.file = directory.resolve("plan.json");
  }

  private record Content(
      String bundleDigest,
      String gradientsDigest,
      String dataDigest,
      String heldOutDigest,
      ValidationOptions options) {}

  /**
   * Begins a plan, or makes sure that it is the one that was begun.
   *
   * @throws ValidationException if it is another
   */
  void require(
      CompiledBundle compiled, TrainingData data, TrainingData heldOut, ValidationOptions options) {
    byte[] wanted =
        Json.bytes(
            new Content(
                compiled.bundle().digest(),
                compiled.gradients().manifest().graphDigest(),
                data.digest(),
                heldOut == null ? "" : heldOut.digest(),
                options));
    try {
      if (!Files.exists(file)) {
        AtomicFile.write(file, wanted);
      } else if (!Arrays.equals(Files.readAllBytes(file), wanted)) {
        throw new ValidationException(
            "%s: is of a validation with another bundle, data or options; give those again, or another directory"
                .formatted(file));
      }
    } catch (IOException e) {
      throw new ValidationException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }
}
