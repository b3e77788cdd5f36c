package dev.cairn.gradients;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;

/**
 * What to differentiate by, and what to make of it.
 *
 * @param parameters names of initialisers; see {@link Parameters#discover}
 */
public record GradientSpec(Set<String> parameters, Projection projection) {
  public GradientSpec {
    SequencedSet<String> copy = new LinkedHashSet<>(parameters);
    parameters = java.util.Collections.unmodifiableSequencedSet(copy);
    if (parameters.isEmpty()) {
      throw new GradientException("parameters: the model has none to differentiate by");
    }
  }
}
