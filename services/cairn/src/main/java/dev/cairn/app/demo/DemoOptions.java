package dev.cairn.app.demo;

import java.nio.file.Path;

/**
 * What a demonstration is asked to do.
 *
 * @param generations how many images to draw
 * @param json whether to print results as JSON rather than pictures
 * @param workDir where the model is unpacked and its index kept between runs
 * @param seed seed of the images
 * @param keep whether to draw on after that, for whoever watches the dashboard
 */
public record DemoOptions(int generations, boolean json, Path workDir, long seed, boolean keep) {

  /** Denoising steps an image. */
  static final int STEPS = 50;

  /** Results that all images bring: one a step, and one for the final image. */
  int expectedResults() {
    return Math.multiplyExact(generations, STEPS + 1);
  }

  /** Id of a generation. */
  String generationId(int generation) {
    return "demo-%d-%d".formatted(seed, generation);
  }
}
