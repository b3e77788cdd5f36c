package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An equation of Einstein's sums with a letter for every axis.
 *
 * @param operands letters of each operand's axes
 * @param result letters of the result's axes
 */
record EinsumEquation(List<String> operands, String result) {
  private static final String ELLIPSIS = "...";
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /**
   * Writes out what an equation leaves unsaid: axes under an ellipsis, which are those before or
   * after the lettered ones and broadcast, and a result, which has the letters that stand once.
   *
   * @param shapes of the operands
   */
  static EinsumEquation of(String equation, List<Shape> shapes) {
    String[] sides = equation.replace(" ", "").split("->", -1);
    List<String> given = List.of(sides[0].split(",", -1));
    int[] hidden =
        IntStream.range(0, given.size())
            .map(
                i ->
                    given.get(i).contains(ELLIPSIS)
                        ? shapes.get(i).rank() - letters(given.get(i))
                        : 0)
            .toArray();
    int most = IntStream.of(hidden).max().orElse(0);
    StringBuilder free = new StringBuilder();
    LETTERS.chars().filter(c -> equation.indexOf(c) < 0).forEach(c -> free.append((char) c));
    String common = free.substring(0, most);
    free.delete(0, most);
    List<String> operands = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      int before = given.get(i).indexOf(ELLIPSIS);
      StringBuilder own = new StringBuilder(common.substring(most - hidden[i]));
      for (int axis = 0; axis < hidden[i]; axis++) {
        // An axis of one that others spread is summed over nothing, and so is one of its own.
        if (shapes.get(i).dim(before + axis).isOne()) {
          own.setCharAt(axis, free.charAt(0));
          free.deleteCharAt(0);
        }
      }
      operands.add(given.get(i).replace(ELLIPSIS, own));
    }
    String result = sides.length > 1 ? sides[1] : implied(sides[0]);
    return new EinsumEquation(List.copyOf(operands), result.replace(ELLIPSIS, common));
  }

  private static int letters(String operand) {
    return operand.length() - ELLIPSIS.length();
  }

  private static String implied(String operands) {
    String once =
        operands
            .chars()
            .filter(c -> Character.isLetter(c) && operands.indexOf(c) == operands.lastIndexOf(c))
            .sorted()
            .mapToObj(c -> String.valueOf((char) c))
            .collect(Collectors.joining());
    return operands.contains(ELLIPSIS) ? ELLIPSIS + once : once;
  }
}
