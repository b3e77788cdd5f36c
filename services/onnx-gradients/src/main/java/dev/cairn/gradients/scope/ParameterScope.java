package dev.cairn.gradients.scope;

import static java.util.Collections.disjoint;

import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.onnx.ModelProto;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which of a model's parameters gradients are taken by. A parameter is in if its name matches one
 * of {@code include} and none of {@code exclude}, and if it is of one of the kinds; an empty list
 * or set asks for nothing.
 *
 * <p>In a pattern * stands for any characters and ? for one. It is held against the initialiser's
 * name and against what the modules that use it would call it ({@link ParameterNames}).
 */
public record ParameterScope(List<String> include, List<String> exclude, Set<LayerKind> kinds) {
  public ParameterScope {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    kinds = Set.copyOf(kinds);
  }

  /** Every parameter. */
  public static ParameterScope all() {
    return new ParameterScope(List.of(), List.of(), Set.of());
  }

  public boolean isAll() {
    return include.isEmpty() && exclude.isEmpty() && kinds.isEmpty();
  }

  /**
   * The parameters of a model that are in this scope, in order of first use.
   *
   * @throws GradientException if there are none, or none that a pattern matches; the message says
   *     what there is
   */
  public SequencedSet<String> choose(ModelProto original, ModelProto simplified) {
    SequencedSet<String> all = Parameters.discover(original, simplified);
    if (isAll()) {
      return all;
    }
    ParameterNames names = ParameterNames.of(original, all);
    requireMatch(include, names);
    requireMatch(exclude, names);
    LayerKinds layers = LayerKinds.of(simplified, names);
    SequencedSet<String> chosen =
        all.stream()
            .filter(name -> isNamed(name, names))
            .filter(name -> kinds.isEmpty() || !disjoint(kinds, layers.kinds(name)))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    if (chosen.isEmpty()) {
      Set<String> present = new TreeSet<>();
      all.forEach(name -> layers.kinds(name).forEach(kind -> present.add(kind.label())));
      throw new GradientException(
          "scope %s: none of the model's %d parameters is in it; there are kinds %s, and names like '%s'"
              .formatted(describe(), all.size(), present, all.getFirst()));
    }
    return chosen;
  }

  private boolean isNamed(String parameter, ParameterNames names) {
    return (include.isEmpty() || matches(include, parameter, names))
        && !matches(exclude, parameter, names);
  }

  private static boolean matches(List<String> patterns, String parameter, ParameterNames names) {
    return patterns.stream().anyMatch(pattern -> names.match(new Glob(pattern), parameter));
  }

  /** A pattern that matches nothing is most likely misspelt, and would go unnoticed. */
  private static void requireMatch(List<String> patterns, ParameterNames names) {
    for (String pattern : patterns) {
      if (!names.matchAny(new Glob(pattern))) {
        throw new GradientException(
            "pattern '%s' matches none of the model's %d parameters; the nearest are %s"
                .formatted(pattern, names.byParameter().size(), names.near(pattern)));
      }
    }
  }

  /** One line for manifests and messages. */
  public String describe() {
    Map<String, String> parts = new java.util.LinkedHashMap<>();
    parts.put("parameters", String.join(",", include));
    parts.put("exclude", String.join(",", exclude));
    parts.put(
        "layers", kinds.stream().map(LayerKind::label).sorted().collect(Collectors.joining(",")));
    String text =
        parts.entrySet().stream()
            .filter(part -> !part.getValue().isEmpty())
            .map(part -> part.getKey() + "=" + part.getValue())
            .collect(Collectors.joining(" "));
    return text.isEmpty() ? "all" : text;
  }
}
