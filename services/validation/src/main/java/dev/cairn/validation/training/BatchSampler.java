package dev.cairn.validation.training;

import dev.cairn.diffusion.CounterRandom;
import dev.cairn.diffusion.NoiseBank;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.runtime.TrainingRow;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the batch of each step: a pure function of seed and step, so that a resumed run goes on
 * with the rows that it would have seen.
 *
 * <p>Row p of the whole run belongs to example p mod n of the permutation of epoch p / n, over all
 * n of the data; batches run across the ends of epochs. Where the set lacks that example, another
 * of the set takes its place. So two models that are trained on parts of the same data differ in
 * the rows of the examples that one of them lacks, and in nothing else: what their outputs differ
 * by is less the luck of the order, and more the examples.
 */
final class BatchSampler {
  private final TrainingSet set;
  private final NoiseSchedule schedule;
  private final TrainingOptions options;
  private final int width;
  private final NoiseBank noise;
  private final CounterRandom order;
  private final CounterRandom substitutes;
  private final CounterRandom timesteps;
  private final CounterRandom flips;
  private int epoch = -1;
  private int[] permutation;

  /**
   * @param width of the images in pixels, the last axis
   */
  BatchSampler(TrainingSet set, NoiseSchedule schedule, TrainingOptions options, int width) {
    this.set = set;
    this.schedule = schedule;
    this.options = options;
    this.width = width;
    this.noise = new NoiseBank(options.seed());
    this.order = new CounterRandom(options.seed(), "training/order");
    this.substitutes = new CounterRandom(options.seed(), "training/substitute");
    this.timesteps = new CounterRandom(options.seed(), "training/timestep");
    this.flips = new CounterRandom(options.seed(), "training/flip");
  }

  /** The rows of a step, counted from 0. */
  List<TrainingRow> batch(int step) {
    List<TrainingRow> rows = new ArrayList<>(options.batch());
    for (int i = 0; i < options.batch(); i++) {
      rows.add(row((long) step * options.batch() + i));
    }
    return rows;
  }

  private TrainingRow row(long position) {
    int example = example(position);
    float[] image = set.image(example);
    if (options.flips() && flips.bits(position) < 0) {
      mirror(image);
    }
    int timestep = timesteps.below(position, schedule.timesteps());
    float[] epsilon = new float[image.length];
    noise.gaussian("training/" + position, timestep, 0, epsilon);
    float[] sample = new float[image.length];
    schedule.addNoise(image, epsilon, timestep, sample);
    float[] target = new float[image.length];
    schedule.target(image, epsilon, timestep, target);
    return new TrainingRow(sample, timestep, set.conditioning(example), target);
  }

  private int example(long position) {
    int now = Math.toIntExact(position / set.dataSize());
    if (now != epoch) {
      permutation = order.permutation(now, set.dataSize());
      epoch = now;
    }
    int example = permutation[(int) (position % set.dataSize())];
    return set.contains(example) ? example : set.member(substitutes.below(position, set.size()));
  }

  private void mirror(float[] image) {
    for (int start = 0; start < image.length; start += width) {
      for (int left = start, right = start + width - 1; left < right; left++, right--) {
        float pixel = image[left];
        image[left] = image[right];
        image[right] = pixel;
      }
    }
  }
}
