package dev.cairn.validation.training;

/**
 * How a model is trained. Everything here decides the result's bits, the number of cores does not.
 *
 * @param steps optimiser steps
 * @param batch rows a step
 * @param learningRate peak, after warm-up
 * @param warmup steps over which the learning rate rises from 0; it then falls to 0 along a cosine
 * @param weightDecay decoupled (AdamW); 0 gives Adam
 * @param clipNorm largest norm of the gradient, 0 for no clipping
 * @param averageDecay decay a step of the exponential moving average of the parameters, which is
 *     what is written; 0 for none
 * @param flips whether images are mirrored left to right at random
 * @param seed of noise, timesteps, order, flips, and of initial parameters where they are drawn
 * @param checkpointEvery steps between checkpoints
 */
public record TrainingOptions(
    int steps,
    int batch,
    double learningRate,
    int warmup,
    double weightDecay,
    double clipNorm,
    double averageDecay,
    boolean flips,
    long seed,
    int checkpointEvery) {

  public TrainingOptions {
    require(steps > 0, "steps", "at least 1", steps);
    require(batch > 0, "batch", "at least 1", batch);
    require(learningRate > 0 && learningRate < 1, "learning rate", "in (0, 1)", learningRate);
    require(warmup >= 0, "warm-up", "not negative", warmup);
    require(weightDecay >= 0 && weightDecay < 1, "weight decay", "in [0, 1)", weightDecay);
    require(clipNorm >= 0, "clip norm", "not negative", clipNorm);
    require(averageDecay >= 0 && averageDecay < 1, "average decay", "in [0, 1)", averageDecay);
    require(checkpointEvery > 0, "checkpoint every", "at least 1 step", checkpointEvery);
  }

  /** The recommended settings for small models. */
  public static TrainingOptions of(int steps, int batch, long seed) {
    return new TrainingOptions(
        steps, batch, 2e-3, Math.min(200, steps / 10), 0, 1, 0.995, false, seed, 500);
  }

  /** The same with another number of steps; warm-up keeps its share. */
  public TrainingOptions withSteps(int other) {
    int rise = (int) Math.round((double) warmup * other / steps);
    return new TrainingOptions(
        other,
        batch,
        learningRate,
        rise,
        weightDecay,
        clipNorm,
        averageDecay,
        flips,
        seed,
        checkpointEvery);
  }

  /** The same with another seed. */
  public TrainingOptions withSeed(long other) {
    return new TrainingOptions(
        steps,
        batch,
        learningRate,
        warmup,
        weightDecay,
        clipNorm,
        averageDecay,
        flips,
        other,
        checkpointEvery);
  }

  private static void require(boolean holds, String what, String wanted, Object found) {
    if (!holds) {
      throw new IllegalArgumentException("%s must be %s, is %s".formatted(what, wanted, found));
    }
  }
}
