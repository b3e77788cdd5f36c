package dev.cairn.validation;

import dev.cairn.runtime.CompiledBundle;
import dev.cairn.validation.scores.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the retrained models are to judge.
 *
 * @param methods to compare
 * @param reference name of the one that all are compared with
 * @param ensemble further models, of the same data, whose scores are averaged with the first one's
 * @param leavingGroupsOut whether to retrain without each label as well
 * @param mislabelled .npy with one truth value an example: which labels are wrong
 */
public record Comparison(
    List<Method> methods,
    String reference,
    List<CompiledBundle> ensemble,
    boolean leavingGroupsOut,
    Optional<Path> mislabelled) {

  public Comparison {
    methods = List.copyOf(methods);
    ensemble = List.copyOf(ensemble);
    if (methods.stream().noneMatch(m -> m.name().equals(reference))) {
      throw new ValidationException(
          "'%s' is not one of the methods, so nothing can be compared with it; name it as well"
              .formatted(reference));
    }
  }

  /** All methods of one model. */
  public static Comparison all(String reference) {
    return new Comparison(Method.all(), reference, List.of(), false, Optional.empty());
  }
}
