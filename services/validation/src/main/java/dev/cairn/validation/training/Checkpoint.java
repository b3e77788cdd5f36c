package dev.cairn.validation.training;

import dev.cairn.attribution.AtomicFile;
import dev.cairn.validation.ValidationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A training's state on disk: written whole or not at all, and read only by the training that wrote
 * it.
 */
final class Checkpoint {
  private static final int MAGIC = 0x43524B31;

  private final Path file;
  private final byte[] fingerprint;

  /**
   * @param fingerprint names everything that decides the training's bits
   */
  Checkpoint(Path file, String fingerprint) {
    this.file = file;
    this.fingerprint = fingerprint.getBytes(StandardCharsets.UTF_8);
  }

  void write(TrainingState state) {
    int elements = state.parameters.length;
    ByteBuffer bytes =
        ByteBuffer.allocate(24 + fingerprint.length + 4 * elements * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(MAGIC).putInt(fingerprint.length).put(fingerprint);
    bytes.putInt(state.step).putInt(elements).putDouble(state.recentLoss);
    for (float[] vector : state.vectors()) {
      bytes.asFloatBuffer().put(vector);
      bytes.position(bytes.position() + elements * Float.BYTES);
    }
    AtomicFile.write(file, bytes.array());
  }

  /**
   * Restores a state of the same training, if there is one.
   *
   * @throws ValidationException if the file is of another training, or damaged
   */
  Optional<TrainingState> read(int elements) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      requireSameTraining(bytes, elements);
      TrainingState state = new TrainingState(new float[elements]);
      state.step = bytes.getInt();
      bytes.getInt();
      state.recentLoss = bytes.getDouble();
      for (float[] vector : state.vectors()) {
        bytes.asFloatBuffer().get(vector);
        bytes.position(bytes.position() + elements * Float.BYTES);
      }
      return Optional.of(state);
    } catch (IOException e) {
      throw new ValidationException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private void requireSameTraining(ByteBuffer bytes, int elements) {
    long expected = 24L + fingerprint.length + 4L * elements * Float.BYTES;
    byte[] found = new byte[fingerprint.length];
    boolean same =
        bytes.remaining() == expected
            && bytes.getInt() == MAGIC
            && bytes.getInt() == fingerprint.length;
    if (same) {
      bytes.get(found);
    }
    if (!same || !Arrays.equals(found, fingerprint)) {
      throw new ValidationException(
          "%s: is of a training with another model, data or options; give them again, or another directory"
              .formatted(file));
    }
  }
}
