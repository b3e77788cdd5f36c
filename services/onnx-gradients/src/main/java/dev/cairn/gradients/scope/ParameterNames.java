package dev.cairn.gradients.scope;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.StringStringEntryProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a model's parameters are called: by the file, and by the modules that use them.
 *
 * <p>Exporters replace a name where they transpose or fold a weight ({@code onnx::MatMul_42},
 * {@code val_12}), but tell of every node which module it comes from: PyTorch's old one in its name
 * ({@code /down.0/to_q/MatMul}), the new one in its metadata. Either reads {@code
 * down.0.to_q.weight} here.
 *
 * @param byParameter by the initialiser's name, that name first
 */
public record ParameterNames(Map<String, Set<String>> byParameter) {
  /** Full names of the modules around a node, the node's own last: "['', 'a', 'a.b', 'linear']". */
  private static final String SCOPES = "pkg.torch.onnx.name_scopes";

  /** The same with classes: ": Net/a: Block/a.b: Linear/linear: aten.linear.default". */
  private static final String NAMESPACE = "namespace";

  private static final int SHOWN = 5;

  /**
   * @param model as its exporter wrote it
   * @param parameters names of initialisers
   */
  public static ParameterNames of(ModelProto model, Set<String> parameters) {
    Map<String, TensorProto> tensors = new HashMap<>();
    model.getGraph().getInitializerList().forEach(t -> tensors.put(t.getName(), t));
    Map<String, Set<String>> names = new LinkedHashMap<>();
    WeightUse.of(model, parameters)
        .forEach(
            (parameter, uses) -> {
              Set<String> all = new LinkedHashSet<>(Set.of(parameter));
              for (WeightUse use : uses) {
                String kind = isBias(use, tensors.get(parameter)) ? ".bias" : ".weight";
                modules(use.node()).forEach(module -> all.add(module + kind));
              }
              names.put(parameter, all);
            });
    return new ParameterNames(names);
  }

  Set<String> of(String parameter) {
    return byParameter.get(parameter);
  }

  boolean match(Glob pattern, String parameter) {
    return of(parameter).stream().anyMatch(pattern::matches);
  }

  boolean matchAny(Glob pattern) {
    return byParameter.keySet().stream().anyMatch(parameter -> match(pattern, parameter));
  }

  /** The names that come nearest to a pattern, for messages. */
  public String near(String pattern) {
    Glob glob = new Glob(pattern);
    Comparator<String> nearest = Comparator.comparingInt(glob::distance);
    return byParameter.values().stream()
        .map(names -> names.stream().min(nearest).orElseThrow())
        .sorted(nearest)
        .limit(SHOWN)
        .collect(Collectors.joining(", "));
  }

  /**
   * The module that a node comes from; none where the exporter does not tell.
   *
   * <p>In {@code /mlp/mlp.0/Gemm} the second part is mlp's child 0 if mlp is a sequence, as it
   * mostly is, but the child 0 of a list within mlp that is called mlp as well: both are given.
   */
  public static Set<String> modules(Node node) {
    String name = node.name();
    int end = name.lastIndexOf('/');
    if (name.startsWith("/") && end > 0) {
      String path = name.substring(1, end).replace('/', '.');
      return new LinkedHashSet<>(List.of(withoutRepetition(name.substring(1, end)), path));
    }
    String scopes = metadata(node, SCOPES);
    String namespace = metadata(node, NAMESPACE);
    List<String> path =
        scopes.isEmpty()
            ? List.of(namespace.split("/"))
            : List.of(scopes.replaceAll("^\\[|]$|['\"]", "").split(", *"));
    String module = path.size() < 2 ? "" : path.get(path.size() - 2);
    if (scopes.isEmpty()) {
      module = module.substring(0, Math.max(0, module.indexOf(':'))).strip();
    }
    return module.isEmpty() ? Set.of() : Set.of(module);
  }

  private static String withoutRepetition(String path) {
    StringBuilder found = new StringBuilder();
    String before = "";
    for (String part : path.split("/")) {
      boolean repeats = !before.isEmpty() && part.startsWith(before + ".");
      String own = repeats ? part.substring(before.length() + 1) : part;
      found.append(found.isEmpty() ? "" : ".").append(own);
      before = part;
    }
    return found.toString();
  }

  private static String metadata(Node node, String key) {
    return node.proto().getMetadataPropsList().stream()
        .filter(entry -> entry.getKey().equals(key))
        .map(StringStringEntryProto::getValue)
        .findFirst()
        .orElse("");
  }

  private static boolean isBias(WeightUse use, TensorProto parameter) {
    String operator = use.node().operator();
    if (operator.equals("Add")) {
      long longest = parameter.getDimsList().stream().mapToLong(d -> d).max().orElse(1);
      return longest == parameter.getDimsList().stream().reduce(1L, (a, b) -> a * b);
    }
    return use.input() == 2
        && (operator.endsWith("Normalization")
            || Set.of("Conv", "ConvTranspose", "Gemm").contains(operator));
  }
}
