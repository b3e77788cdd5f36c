package dev.cairn.runtime.adapter;

import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.scope.ParameterNames;
import dev.cairn.gradients.scope.WeightUse;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The layers of a model, to be found by what adapters call them. */
final class AdaptableLayers {
  private static final String WEIGHT = ".weight";

  private final ParameterNames names;

  /** By {@link AdapterKey#canonical} name, then by the weight's. */
  private final Map<String, Map<String, AdaptableLayer>> layers = new HashMap<>();

  AdaptableLayers(ModelProto model) {
    Map<String, TensorProto> tensors = new HashMap<>();
    model.getGraph().getInitializerList().forEach(t -> tensors.put(t.getName(), t));
    Set<String> parameters = Parameters.candidates(model);
    Map<String, List<WeightUse>> uses = WeightUse.of(model, parameters);
    names = ParameterNames.of(model, parameters);
    names
        .byParameter()
        .forEach(
            (parameter, called) ->
                called.stream()
                    .filter(name -> name.endsWith(WEIGHT))
                    .map(name -> name.substring(0, name.length() - WEIGHT.length()))
                    .forEach(
                        module ->
                            layers
                                .computeIfAbsent(
                                    AdapterKey.canonical(module), _ -> new LinkedHashMap<>())
                                .putIfAbsent(
                                    parameter,
                                    new AdaptableLayer(
                                        module, tensors.get(parameter), uses.get(parameter)))));
  }

  /**
   * The layer that a pair belongs to.
   *
   * @throws AdapterException without a place: the message is to stand behind the file's name
   */
  AdaptableLayer of(LowRankPair pair) {
    String module = pair.module();
    Map<String, AdaptableLayer> called =
        layers.getOrDefault(AdapterKey.canonical(module), Map.of());
    if (called.isEmpty()) {
      throw new AdapterException(
          "'%s' is no layer of the model; the nearest are %s"
              .formatted(module, names.near(AdapterKey.canonical(module) + WEIGHT)));
    }
    List<AdaptableLayer> fitting = called.values().stream().filter(l -> l.fits(pair)).toList();
    if (fitting.isEmpty()) {
      TensorProto weight = called.values().iterator().next().weight();
      throw new AdapterException(
          "the factors of '%s' have shapes %s (A) and %s (B), which do not fit the model's '%s' of %s"
              .formatted(
                  module,
                  AdapterFile.shape(pair.down().shape()),
                  AdapterFile.shape(pair.up().shape()),
                  weight.getName(),
                  weight.getDimsList()));
    }
    if (fitting.size() > 1) {
      throw new AdapterException(
          "'%s' may be any of the layers %s of the model; export it with the names of its modules"
              .formatted(module, fitting.stream().map(l -> l.weight().getName()).toList()));
    }
    AdaptableLayer layer = fitting.getFirst();
    if (layer.layout().isEmpty()) {
      throw new AdapterException(
          "'%s' is %s in the model; an adapter is put beside dense layers (MatMul, Gemm) and convolutions without groups"
              .formatted(
                  module, layer.uses().stream().map(u -> u.node().operator()).distinct().toList()));
    }
    return layer;
  }
}
