package dev.cairn.runtime;

import dev.cairn.runtime.pipeline.LatentKind;
import java.nio.file.Path;

/**
 * How a data set is read for a bundle.
 *
 * @param images directory of the pictures that a captions file names; null to look for it
 * @param latents which latent stands for a picture in a latent pipeline
 * @param seed of latents that are drawn
 */
public record DataOptions(Path images, LatentKind latents, long seed) {

  /** Pictures where they are expected, means of latents. */
  public static DataOptions defaults() {
    return new DataOptions(null, LatentKind.MEAN, 0);
  }
}
