package dev.cairn.gradients.scope;

import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.onnx.ModelProto;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which of a model's parameters gradients are taken by. A parameter is in if its name matches one
 * of {@code include} and none of {@code exclude}, and if it is of one of the kinds; an empty list
 * or set asks for nothing.
 *
 * <p>In a pattern * stands for any characters and ? for one. It is held against the initialiser's
 * name and, where an exporter has replaced that ({@code onnx::MatMul_42}), also against the name
 * that the reading node has by its module: {@code /down/0/to_q/MatMul} reads {@code
 * down.0.to_q.weight}.
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
   * @throws GradientException if there are none; the message says what there is
   */
  public SequencedSet<String> choose(ModelProto original, ModelProto simplified) {
    SequencedSet<String> all = Parameters.discover(original, simplified);
    if (isAll()) {
      return all;
    }
    LayerKinds layers = LayerKinds.of(simplified, all);
    SequencedSet<String> chosen =
        all.stream()
            .filter(name -> isIn(layers.names(name), layers.kinds(name)))
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

  private boolean isIn(Set<String> names, Set<LayerKind> of) {
    return (include.isEmpty() || matches(include, names))
        && !matches(exclude, names)
        && (kinds.isEmpty() || of.stream().anyMatch(kinds::contains));
  }

  private static boolean matches(List<String> globs, Set<String> names) {
    return globs.stream()
        .map(ParameterScope::pattern)
        .anyMatch(pattern -> names.stream().anyMatch(n -> pattern.matcher(n).matches()));
  }

  private static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (String part : glob.split("(?<=[*?])|(?=[*?])")) {
      regex.append(part.equals("*") ? ".*" : part.equals("?") ? "." : Pattern.quote(part));
    }
    return Pattern.compile(regex.toString());
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
