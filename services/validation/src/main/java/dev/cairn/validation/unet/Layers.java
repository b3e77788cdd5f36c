package dev.cairn.validation.unet;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.Arrays;

/**
 * The layers of a U-Net, written as exporters write them, so that one differentiator serves all.
 */
final class Layers {
  private final GraphBuilder graph;
  private final int groups;

  Layers(GraphBuilder graph, int groups) {
    this.graph = graph;
    this.groups = groups;
  }

  Feature convolution(String name, Feature x, int outputs, int kernel, int stride) {
    String weight = graph.parameter(name + ".weight", outputs, x.channels(), kernel, kernel);
    String bias = graph.parameter(name + ".bias", outputs);
    int before = stride == 1 ? kernel / 2 : 0;
    int after = stride == 1 ? kernel / 2 : kernel - stride;
    String y =
        graph.node(
            "Conv",
            new String[] {x.name(), weight, bias},
            attribute("kernel_shape", new long[] {kernel, kernel}),
            attribute("strides", new long[] {stride, stride}),
            attribute("pads", new long[] {before, before, after, after}));
    return new Feature(y, outputs, x.size() / stride);
  }

  /** y = x Wᵀ + b. */
  String linear(String name, String x, int inputs, int outputs) {
    return graph.node(
        "Gemm",
        new String[] {
          x,
          graph.parameter(name + ".weight", outputs, inputs),
          graph.parameter(name + ".bias", outputs)
        },
        attribute("transB", 1));
  }

  /** Group normalisation with a scale and a shift a channel. */
  Feature norm(String name, Feature x) {
    float[] ones = new float[groups];
    Arrays.fill(ones, 1);
    String unit =
        graph.node(
            "InstanceNormalization",
            new String[] {
              graph.reshape(x.name(), 0, groups, -1),
              graph.floats(ones, groups),
              graph.floats(new float[groups], groups)
            },
            attribute("epsilon", 1e-5f));
    String scale = graph.parameter(name + ".weight", x.channels(), 1, 1);
    String shift = graph.parameter(name + ".bias", x.channels(), 1, 1);
    String restored = graph.reshape(unit, 0, x.channels(), x.size(), x.size());
    return x.as(graph.add(graph.mul(restored, scale), shift));
  }

  /** Two convolutions, the timestep added between them, around a shortcut. */
  Feature residual(String name, Feature x, int outputs, String embedding, int embeddingWidth) {
    Feature first =
        convolution(name + ".c1", x.as(graph.silu(norm(name + ".n1", x).name())), outputs, 3, 1);
    String time = linear(name + ".t", embedding, embeddingWidth, outputs);
    Feature timed = first.as(graph.add(first.name(), graph.reshape(time, 0, outputs, 1, 1)));
    Feature activated = timed.as(graph.silu(norm(name + ".n2", timed).name()));
    Feature second = convolution(name + ".c2", activated, outputs, 3, 1);
    Feature shortcut = x.channels() == outputs ? x : convolution(name + ".sc", x, outputs, 1, 1);
    return second.as(graph.add(shortcut.name(), second.name()));
  }

  /** Self-attention over all positions, one head, around a shortcut. */
  Feature attention(String name, Feature x) {
    int channels = x.channels();
    String flat = graph.reshape(norm(name + ".n", x).name(), 0, channels, -1);
    String positions = graph.transpose(flat, 0, 2, 1);
    String query = projection(name + ".q", positions, channels);
    String key = projection(name + ".k", positions, channels);
    String value = projection(name + ".v", positions, channels);
    String scores =
        graph.mul(
            graph.node("MatMul", new String[] {query, graph.transpose(key, 0, 2, 1)}),
            graph.floats(new float[] {(float) (1 / Math.sqrt(channels))}));
    String weights = graph.node("Softmax", new String[] {scores}, attribute("axis", -1));
    String mixed = graph.node("MatMul", new String[] {weights, value});
    String out = graph.transpose(projection(name + ".o", mixed, channels), 0, 2, 1);
    return x.as(graph.add(x.name(), graph.reshape(out, 0, channels, x.size(), x.size())));
  }

  private String projection(String name, String x, int channels) {
    String weight = graph.parameter(name + ".weight", channels, channels);
    String product = graph.node("MatMul", new String[] {x, weight});
    return graph.add(product, graph.parameter(name + ".bias", channels));
  }

  /** Twice the size, nearest neighbours. */
  Feature enlarged(Feature x) {
    String scales = graph.floats(new float[] {1, 1, 2, 2}, 4);
    String y =
        graph.node(
            "Resize",
            new String[] {x.name(), "", scales},
            attribute("coordinate_transformation_mode", "asymmetric"),
            attribute("mode", "nearest"),
            attribute("nearest_mode", "floor"));
    return new Feature(y, x.channels(), 2 * x.size());
  }

  /** The pixels of every patch as channels (c, row, column), one position a patch. */
  Feature patches(Feature x, int patch) {
    if (patch == 1) {
      return x;
    }
    int size = x.size() / patch;
    String split = graph.reshape(x.name(), 0, x.channels(), size, patch, size, patch);
    String gathered = graph.transpose(split, 0, 1, 3, 5, 2, 4);
    int channels = x.channels() * patch * patch;
    return new Feature(graph.reshape(gathered, 0, channels, size, size), channels, size);
  }

  /** What {@link #patches} did, undone. */
  Feature pixels(Feature x, int patch) {
    if (patch == 1) {
      return x;
    }
    int channels = x.channels() / (patch * patch);
    int size = x.size() * patch;
    String split = graph.reshape(x.name(), 0, channels, patch, patch, x.size(), x.size());
    String spread = graph.transpose(split, 0, 1, 4, 2, 5, 3);
    return new Feature(graph.reshape(spread, 0, channels, size, size), channels, size);
  }

  String cast(String x) {
    return graph.node(
        "Cast", new String[] {x}, attribute("to", TensorProto.DataType.FLOAT.getNumber()));
  }

  /** [batch] whole numbers as [batch, classes]. */
  String oneHot(String labels, int classes) {
    String values = graph.constant(Tensors.floats("", new float[] {0, 1}, 2));
    return graph.node("OneHot", new String[] {labels, graph.longs(classes), values});
  }
}
