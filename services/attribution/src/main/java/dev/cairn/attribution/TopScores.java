package dev.cairn.attribution;

import java.util.ArrayList;
import java.util.List;

/**
 * The examples that push the most towards an output and away from it, exactly. Equal scores stand
 * in the order of their indices.
 *
 * @param positive the highest scores above zero, highest first
 * @param negative the lowest scores below zero, lowest first
 */
public record TopScores(List<Ranked> positive, List<Ranked> negative) {

  public TopScores {
    positive = List.copyOf(positive);
    negative = List.copyOf(negative);
  }

  /**
   * Selects from all scores.
   *
   * @param count at most so many on either side
   * @throws IllegalArgumentException if count is negative or a score is not a number
   */
  public static TopScores of(float[] scores, int count) {
    if (count < 0) {
      throw new IllegalArgumentException("cannot select %d scores".formatted(count));
    }
    for (int i = 0; i < scores.length; i++) {
      if (Float.isNaN(scores[i])) {
        throw new IllegalArgumentException("score %d is not a number".formatted(i));
      }
    }
    int capacity = Math.min(count, scores.length);
    return new TopScores(select(scores, capacity, 1), select(scores, capacity, -1));
  }

  /** Insertion into a short sorted list; almost every score fails the first comparison. */
  private static List<Ranked> select(float[] scores, int capacity, int sign) {
    int[] best = new int[capacity];
    int size = 0;
    for (int i = 0; i < scores.length; i++) {
      float score = sign * scores[i];
      if (!(score > 0) || capacity == 0) {
        continue;
      }
      if (size == capacity && score <= sign * scores[best[size - 1]]) {
        continue;
      }
      int at = size == capacity ? size - 1 : size++;
      // Indices arrive in ascending order, so an equal score stays behind those before it.
      while (at > 0 && sign * scores[best[at - 1]] < score) {
        best[at] = best[at - 1];
        at--;
      }
      best[at] = i;
    }
    List<Ranked> ranked = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      ranked.add(new Ranked(best[i], scores[best[i]]));
    }
    return ranked;
  }
}
