package dev.cairn.gateway.pictures;

import java.util.Optional;

/** Training images by their position in the index. Called from worker threads. */
public interface TrainingImages {

  /** Whether there are any. */
  boolean available();

  /** The image, or empty where it cannot be shown. */
  Optional<Pixels> image(int index);

  /** For an index whose images are not at hand. */
  static TrainingImages none() {
    return new TrainingImages() {
      @Override
      public boolean available() {
        return false;
      }

      @Override
      public Optional<Pixels> image(int index) {
        return Optional.empty();
      }
    };
  }
}
