package dev.cairn.validation.removal;

import dev.cairn.diffusion.CounterRandom;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.subsets.Query;
import dev.cairn.validation.subsets.SubsetMasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Which models a counterfactual study trains: one on everything, and for every share of the data
 * one without the top of each query, one without its nearest by pixels if wanted, and some without
 * as many at random, which serve all queries.
 *
 * @param models in the order of their numbers; the first is the one on everything
 */
record RemovalPlan(List<Model> models) {
  private static final int RANDOM_MODELS = 3;

  /** What is removed. */
  enum Arm {
    NOTHING,
    TOP,
    NEAREST,
    RANDOM;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One model to train.
   *
   * @param query that it is for, or −1 for all
   * @param removed indices of the examples left out
   */
  record Model(Arm arm, double share, int query, int[] removed) {
    /** Numbers of the queries, of so many, that it is for. */
    int[] queries(int size) {
      return query < 0 ? IntStream.range(0, size).toArray() : new int[] {query};
    }
  }

  /**
   * @param scores query × example
   * @param nearest whether there are models without the nearest
   */
  static RemovalPlan of(
      List<Query> queries,
      float[][] scores,
      TrainingData data,
      List<Double> shares,
      boolean nearest,
      long seed) {
    List<Model> models = new ArrayList<>();
    models.add(new Model(Arm.NOTHING, 0, -1, new int[0]));
    CounterRandom random = new CounterRandom(seed, "validation/removal");
    for (int s = 0; s < shares.size(); s++) {
      double share = shares.get(s);
      int count = (int) Math.round(share * data.size());
      for (int r = 0; r < RANDOM_MODELS; r++) {
        int[] order = random.permutation(RANDOM_MODELS * s + r, data.size());
        models.add(new Model(Arm.RANDOM, share, -1, Arrays.copyOf(order, count)));
      }
      // All tops first: an interrupted study has the arms that are compared.
      for (int q = 0; q < queries.size(); q++) {
        float[] own = scores[q];
        double[] negative = IntStream.range(0, own.length).mapToDouble(i -> -own[i]).toArray();
        models.add(new Model(Arm.TOP, share, q, lowest(negative, count)));
      }
      for (int q = 0; nearest && q < queries.size(); q++) {
        double[] distances = distances(queries.get(q).image(), data);
        models.add(new Model(Arm.NEAREST, share, q, lowest(distances, count)));
      }
    }
    return new RemovalPlan(models);
  }

  SubsetMasks masks(int examples) {
    return SubsetMasks.without(examples, models.stream().map(Model::removed).toArray(int[][]::new));
  }

  private static double[] distances(float[] image, TrainingData data) {
    return IntStream.range(0, data.size())
        .mapToDouble(i -> Images.squaredDistance(image, data.image(i)))
        .toArray();
  }

  private static int[] lowest(double[] values, int count) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> values[i]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
