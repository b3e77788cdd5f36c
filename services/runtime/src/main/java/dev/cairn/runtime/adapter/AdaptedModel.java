package dev.cairn.runtime.adapter;

import dev.cairn.gradients.graph.GraphWriter;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.AttributeProto;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.runtime.adapter.AdaptableLayer.Layout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Puts an adapter into a model's graph, its factors as initialisers of their own.
 *
 * <p>A dense layer's weight becomes W + s B A. Beside a convolution go two more, with A's kernel
 * and with B's: as part of the kernel, a row's gradient by the factors would have to be that by the
 * kernel first.
 */
public final class AdaptedModel {

  private final Function<TensorProto, TensorProto> loaded;
  private final boolean merged;
  private final List<NodeProto> first = new ArrayList<>();
  private final List<TensorProto> factors = new ArrayList<>();
  private final Map<String, TensorProto> changed = new HashMap<>();
  private final Map<String, String> weights = new HashMap<>();
  private final Map<String, Beside> convolutions = new HashMap<>();

  /** A convolution's pair, by the names of its initialisers. */
  private record Beside(String layer, String down, String up, double scale) {}

  private AdaptedModel(Function<TensorProto, TensorProto> loaded, boolean merged) {
    this.loaded = loaded;
    this.merged = merged;
  }

  /**
   * The model with an adapter active.
   *
   * @param model in single precision
   * @param loaded the same tensor with its elements, which may lie outside the model, in single
   *     precision
   * @param merged whether the model's weights have s B A in them already
   * @return factors are called as PEFT calls them, {@code LAYER.lora_A.weight} [rank, in, kernel…]
   *     and {@code LAYER.lora_B.weight} [out, rank, 1…]
   * @throws AdapterException if the file cannot be used, or not with this model
   */
  public static ModelProto of(
      ModelProto model, Path file, boolean merged, Function<TensorProto, TensorProto> loaded) {
    List<LowRankPair> pairs = AdapterFile.read(file);
    AdaptableLayers layers = new AdaptableLayers(model);
    AdaptedModel adapted = new AdaptedModel(loaded, merged);
    Map<String, LowRankPair> seen = new LinkedHashMap<>();
    try {
      for (LowRankPair pair : pairs) {
        AdaptableLayer layer = layers.of(pair);
        LowRankPair other = seen.putIfAbsent(layer.weight().getName(), pair);
        if (other != null) {
          throw new AdapterException(
              "'%s' and '%s' are the same layer of the model, '%s'"
                  .formatted(other.module(), pair.module(), layer.weight().getName()));
        }
        adapted.put(layer, pair);
      }
      return adapted.rewritten(model);
    } catch (AdapterException e) {
      throw new AdapterException(file + ": " + e.getMessage(), e);
    }
  }

  private void put(AdaptableLayer layer, LowRankPair pair) {
    Layout layout = layer.layout().orElseThrow();
    TensorProto weight = layer.weight();
    if (merged) {
      changed.put(weight.getName(), without(loaded.apply(weight), pair, layout));
    }
    String down = layer.name() + ".lora_A.weight";
    String up = layer.name() + ".lora_B.weight";
    long[] kernel = weight.getDimsList().stream().skip(2).mapToLong(Long::longValue).toArray();
    long rank = pair.rank();
    long[] downShape = concat(new long[] {rank, pair.down().shape()[1]}, kernel);
    Arrays.fill(kernel, 1);
    long[] upShape = concat(new long[] {pair.up().shape()[0], rank}, kernel);
    factors.add(Tensors.floats(down, pair.down().values(), downShape));
    factors.add(Tensors.floats(up, pair.up().values(), upShape));
    if (layout == Layout.KERNEL) {
      Beside beside = new Beside(layer.name(), down, up, pair.scale());
      layer.uses().forEach(use -> convolutions.put(use.node().output(), beside));
    } else {
      within(layer, down, up, pair.scale(), layout);
    }
  }

  private static long[] concat(long[] start, long[] end) {
    long[] all = Arrays.copyOf(start, start.length + end.length);
    System.arraycopy(end, 0, all, start.length, end.length);
    return all;
  }

  /** W − s B A. */
  private static TensorProto without(TensorProto weight, LowRankPair pair, Layout layout) {
    float[] values = Tensors.floats(weight);
    double[][] product = pair.product();
    int columns = product[0].length;
    for (int row = 0; row < product.length; row++) {
      for (int column = 0; column < columns; column++) {
        int at = layout == Layout.IN_OUT ? column * product.length + row : row * columns + column;
        values[at] = (float) (values[at] - product[row][column]);
      }
    }
    long[] shape = weight.getDimsList().stream().mapToLong(Long::longValue).toArray();
    return Tensors.floats(weight.getName(), values, shape);
  }

  private void within(AdaptableLayer layer, String down, String up, double scale, Layout layout) {
    String prefix = layer.name() + ".lora/";
    String weight = layer.weight().getName();
    first.add(node("MatMul", prefix + "product", up, down).build());
    String product = prefix + "product";
    if (layout == Layout.IN_OUT) {
      first.add(
          node("Transpose", prefix + "transposed", product)
              .addAttribute(GraphWriter.attribute("perm", new long[] {1, 0}))
              .build());
      product = prefix + "transposed";
    }
    first.add(constant(prefix + "scale", scale));
    first.add(node("Mul", prefix + "scaled", product, prefix + "scale").build());
    first.add(node("Add", prefix + "weight", base(layer, prefix), prefix + "scaled").build());
    weights.put(weight, prefix + "weight");
  }

  /** W, cast if it is of half precision: such a one is also cast where it is read. */
  private String base(AdaptableLayer layer, String prefix) {
    String weight = layer.weight().getName();
    if (!Tensors.isHalf(layer.weight())) {
      return weight;
    }
    first.add(
        node("Cast", prefix + "base", weight)
            .addAttribute(GraphWriter.attribute("to", TensorProto.DataType.FLOAT.getNumber()))
            .build());
    return prefix + "base";
  }

  private ModelProto rewritten(ModelProto model) {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearNode().clearInitializer();
    graph.addAllNode(first);
    model.getGraph().getNodeList().forEach(node -> graph.addAllNode(rewritten(node)));
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      factors.stream()
          .filter(factor -> factor.getName().equals(tensor.getName()))
          .findFirst()
          .ifPresent(
              factor -> {
                throw new AdapterException(
                    "the model has an adapter of its own, '%s'; give the model without it"
                        .formatted(factor.getName()));
              });
      graph.addInitializer(changed.getOrDefault(tensor.getName(), tensor));
    }
    return model.toBuilder().setGraph(graph.addAllInitializer(factors)).build();
  }

  private List<NodeProto> rewritten(NodeProto node) {
    Beside beside = convolutions.get(node.getOutput(0));
    if (beside != null) {
      return beside(node, beside);
    }
    NodeProto.Builder reading = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      reading.setInput(i, weights.getOrDefault(node.getInput(i), node.getInput(i)));
    }
    return List.of(reading.build());
  }

  /** y = Conv(x, W) + s Conv(Conv(x, A), B); A's strides and padding are W's. */
  private static List<NodeProto> beside(NodeProto base, Beside pair) {
    String y = base.getOutput(0);
    String module = "/" + pair.layer() + "/";
    String prefix = y + "/lora/";
    NodeProto.Builder down =
        base.toBuilder()
            .clearInput()
            .addInput(base.getInput(0))
            .addInput(pair.down())
            .setOutput(0, prefix + "down")
            .setName(module + "lora_A/Conv");
    NodeProto.Builder up =
        node("Conv", prefix + "up", prefix + "down", pair.up()).setName(module + "lora_B/Conv");
    return List.of(
        base.toBuilder().setOutput(0, prefix + "base").build(),
        down.build(),
        up.build(),
        constant(prefix + "scale", pair.scale()),
        node("Mul", prefix + "scaled", prefix + "up", prefix + "scale").build(),
        node("Add", y, prefix + "base", prefix + "scaled").setName(prefix + "sum").build());
  }

  private static NodeProto constant(String name, double value) {
    return node("Constant", name)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(Tensors.floats("", new float[] {(float) value})))
        .build();
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setOpType(operator)
        .setName(output)
        .addAllInput(Arrays.asList(inputs))
        .addOutput(output);
  }
}
