package dev.cairn.app.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what a misspelt key was meant to be. */
final class Spelling {

  private static final int FARTHEST = 3;

  private Spelling() {}

  /** "; did you mean …?" where a known word is near, otherwise the words to choose from. */
  static String suggestion(String word, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .filter(candidate -> distance(word, candidate) <= FARTHEST)
        .map(candidate -> "; did you mean " + candidate + "?")
        .orElse("; known here: " + String.join(", ", known));
  }

  /** Levenshtein distance. */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
