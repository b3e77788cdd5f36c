package dev.cairn.attribution;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** A division of the examples into named groups, which may overlap. Immutable. */
public final class ExampleGroups {
  private final int examples;
  private final SortedMap<String, int[]> members;

  private ExampleGroups(List<Example> examples, Function<Example, List<String>> groupsOf) {
    SortedMap<String, List<Integer>> lists = new TreeMap<>();
    for (int i = 0; i < examples.size(); i++) {
      for (String group : groupsOf.apply(examples.get(i)).stream().distinct().toList()) {
        lists.computeIfAbsent(group, _ -> new ArrayList<>()).add(i);
      }
    }
    this.examples = examples.size();
    this.members = new TreeMap<>();
    lists.forEach(
        (group, list) -> members.put(group, list.stream().mapToInt(Integer::intValue).toArray()));
  }

  /** One group a label; examples without a label are in none. */
  public static ExampleGroups byLabel(List<Example> examples) {
    return new ExampleGroups(
        examples, example -> example.label().isEmpty() ? List.of() : List.of(example.label()));
  }

  /** The groups that the examples name. */
  public static ExampleGroups byGroup(List<Example> examples) {
    return new ExampleGroups(examples, Example::groups);
  }

  /**
   * Signed sum and mean of every group, in the order of their names.
   *
   * @param scores one an example, in index order
   */
  public List<GroupScore> sums(float[] scores) {
    if (scores.length != examples) {
      throw new IllegalArgumentException(
          "%d scores for %d examples".formatted(scores.length, examples));
    }
    List<GroupScore> sums = new ArrayList<>();
    members.forEach(
        (group, indices) -> {
          double sum = 0;
          for (int index : indices) {
            sum += scores[index];
          }
          sums.add(new GroupScore(group, indices.length, sum, sum / indices.length));
        });
    return sums;
  }
}
