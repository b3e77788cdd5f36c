package dev.cairn.validation.subsets;

import dev.cairn.attribution.Example;
import dev.cairn.validation.ValidationException;
import java.util.List;
import java.util.stream.IntStream;

/** Subsets that each leave out all examples of one label. */
public final class LabelGroups {
  private static final int FEWEST = 3;

  private LabelGroups() {}

  /**
   * @throws ValidationException if there are too few labels to rank
   */
  public static SubsetMasks masks(List<Example> examples) {
    List<String> labels =
        examples.stream()
            .map(Example::label)
            .filter(l -> !l.isEmpty())
            .distinct()
            .sorted()
            .toList();
    if (labels.size() < FEWEST) {
      throw new ValidationException(
          "%d labels are too few to leave out one after another; give at least %d in labels.npy"
              .formatted(labels.size(), FEWEST));
    }
    int[][] groups =
        labels.stream()
            .map(
                label ->
                    IntStream.range(0, examples.size())
                        .filter(i -> examples.get(i).label().equals(label))
                        .toArray())
            .toArray(int[][]::new);
    return SubsetMasks.without(examples.size(), groups);
  }
}
