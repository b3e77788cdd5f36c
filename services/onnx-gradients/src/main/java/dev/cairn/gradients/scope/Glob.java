package dev.cairn.gradients.scope;

import java.util.Arrays;

/**
 * A pattern for names: * stands for any characters, ? for one.
 *
 * @param pattern the pattern as it was given
 */
record Glob(String pattern) {

  boolean matches(String name) {
    return distance(name) == 0;
  }

  /**
   * How many characters of the pattern or the name would have to be inserted, left out or changed
   * for a match: Levenshtein's distance, in which wildcards cost nothing.
   */
  int distance(String name) {
    int[] previous = new int[name.length() + 1];
    Arrays.setAll(previous, j -> j);
    for (char wanted : pattern.toCharArray()) {
      int[] current = new int[name.length() + 1];
      current[0] = previous[0] + (wanted == '*' ? 0 : 1);
      for (int j = 1; j <= name.length(); j++) {
        if (wanted == '*') {
          current[j] = Math.min(previous[j], current[j - 1]);
        } else {
          boolean same = wanted == '?' || wanted == name.charAt(j - 1);
          int changed = previous[j - 1] + (same ? 0 : 1);
          current[j] = Math.min(changed, Math.min(previous[j], current[j - 1]) + 1);
        }
      }
      previous = current;
    }
    return previous[name.length()];
  }
}
