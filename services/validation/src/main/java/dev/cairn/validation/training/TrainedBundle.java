package dev.cairn.validation.training;

import dev.cairn.attribution.AtomicFile;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.validation.ValidationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes models as ordinary bundles: {@code unet/model.onnx} and the scheduler's configuration. */
public final class TrainedBundle {
  private static final String SCHEDULER = "scheduler/scheduler_config.json";
  private static final List<String> SCHEDULERS = List.of(SCHEDULER, "scheduler_config.json");

  private TrainedBundle() {}

  /** Writes a model beside the scheduler configuration of another bundle. */
  public static ModelBundle write(Path directory, ModelProto model, ModelBundle source) {
    return write(directory, model, scheduler(source));
  }

  /**
   * Writes a model and a scheduler configuration.
   *
   * @param scheduler the bytes of a scheduler_config.json
   */
  public static ModelBundle write(Path directory, ModelProto model, byte[] scheduler) {
    AtomicFile.write(directory.resolve("unet/model.onnx"), model.toByteArray());
    AtomicFile.write(directory.resolve(SCHEDULER), scheduler);
    return ModelBundle.open(directory);
  }

  private static byte[] scheduler(ModelBundle source) {
    for (String name : SCHEDULERS) {
      Path file = source.directory().resolve(name);
      if (Files.isRegularFile(file)) {
        try {
          return Files.readAllBytes(file);
        } catch (IOException e) {
          throw new ValidationException(file + ": cannot be read (" + e.getMessage() + ")", e);
        }
      }
    }
    throw new IllegalStateException(source.directory() + " was opened with a scheduler");
  }
}
