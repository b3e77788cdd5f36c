package dev.cairn.validation;

import dev.cairn.attribution.AtomicFile;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.training.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a directory's retrained models and their outputs are of, so that they are not mixed with
 * others. How features are made is not part of it: the same models judge any.
 */
final class Plan {
  private final Path file;

  Plan(Path directory) {
    this.file = directory.resolve("plan.json");
  }

  private record Content(
      String bundleDigest,
      String dataDigest,
      String heldOutDigest,
      int subsets,
      int repeats,
      double share,
      double epochs,
      TrainingOptions training,
      int generated,
      int choosing,
      int steps,
      ValidationOptions.Measurement measurement,
      long seed) {}

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
                data.digest(),
                heldOut == null ? "" : heldOut.digest(),
                options.subsets(),
                options.repeats(),
                options.share(),
                options.epochs(),
                options.training(),
                options.generated(),
                options.choosing(),
                options.steps(),
                options.measurement(),
                options.seed()));
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
