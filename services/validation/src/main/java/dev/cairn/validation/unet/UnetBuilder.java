package dev.cairn.validation.unet;

import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes the ONNX file of a denoising U-Net (Ho et al. 2020, appendix B): residual blocks with the
 * timestep added to every channel, self-attention at some levels, a skip connection a block. Inputs
 * are {@code sample}, {@code timestep} and, with classes, {@code class_labels}.
 */
public final class UnetBuilder {
  private final UnetSpec spec;
  private final GraphBuilder graph = new GraphBuilder();
  private final Layers layers;

  private UnetBuilder(UnetSpec spec) {
    this.spec = spec;
    this.layers = new Layers(graph, spec.groups());
  }

  /** The model with parameters drawn from a seed. */
  public static ModelProto build(UnetSpec spec, long seed) {
    return Initialisation.of(new UnetBuilder(spec).graph(), seed);
  }

  private ModelProto graph() {
    graph.input("sample", TensorProto.DataType.FLOAT, spec.channels(), spec.size(), spec.size());
    graph.input("timestep", TensorProto.DataType.INT64);
    String embedding = embedding();
    int levels = spec.widths().size();
    Deque<Feature> skips = new ArrayDeque<>();
    Feature x = layers.convolution("inp", image(), spec.widths().getFirst(), 3, 1);
    for (int level = 0; level < levels; level++) {
      for (int block = 0; block < spec.blocks(); block++) {
        x = block("d" + (level + 1) + suffix(block), x, level, embedding);
        skips.push(x);
      }
      if (level < levels - 1) {
        x = layers.convolution("down" + (level + 1), x, spec.widths().get(level), 3, 2);
      }
    }
    x = layers.residual("m1", x, x.channels(), embedding, embeddingWidth());
    for (int level = levels - 1; level >= 0; level--) {
      for (int block = 0; block < spec.blocks(); block++) {
        x = block("u" + (level + 1) + suffix(block), x.with(graph, skips.pop()), level, embedding);
      }
      if (level > 0) {
        x =
            layers.convolution(
                "up" + level, layers.enlarged(x), spec.widths().get(level - 1), 3, 1);
      }
    }
    Feature activated = x.as(graph.silu(layers.norm("no", x).name()));
    int outputs = spec.channels() * spec.patch() * spec.patch();
    Feature out = layers.convolution("out", activated, outputs, 3, 1);
    Feature prediction = layers.pixels(out, spec.patch());
    graph.node("out_sample", "Identity", new String[] {prediction.name()});
    graph.output("out_sample", spec.channels(), spec.size(), spec.size());
    return graph.model();
  }

  private Feature image() {
    return layers.patches(new Feature("sample", spec.channels(), spec.size()), spec.patch());
  }

  private Feature block(String name, Feature x, int level, String embedding) {
    Feature y = layers.residual(name, x, spec.widths().get(level), embedding, embeddingWidth());
    return spec.attention().contains(level) ? layers.attention(name + ".a", y) : y;
  }

  private static String suffix(int block) {
    return block == 0 ? "" : "b" + (block + 1);
  }

  private int embeddingWidth() {
    return 4 * spec.timeWidth();
  }

  /** The sinusoids of Ho et al., two linear layers, plus a vector a class. */
  private String embedding() {
    int half = spec.timeWidth() / 2;
    float[] frequencies = new float[half];
    for (int i = 0; i < half; i++) {
      frequencies[i] = (float) StrictMath.exp(-StrictMath.log(10_000) * i / half);
    }
    String t = graph.node("Unsqueeze", new String[] {"timestep", graph.longs(1)});
    String phases = graph.mul(layers.cast(t), graph.floats(frequencies, half));
    String sinusoids =
        graph.concat(
            -1, graph.node("Sin", new String[] {phases}), graph.node("Cos", new String[] {phases}));
    String hidden = graph.silu(layers.linear("e1", sinusoids, spec.timeWidth(), embeddingWidth()));
    String embedding = layers.linear("e2", hidden, embeddingWidth(), embeddingWidth());
    if (spec.classes() > 0) {
      graph.input("class_labels", TensorProto.DataType.INT64);
      String oneHot = layers.oneHot("class_labels", spec.classes());
      embedding =
          graph.add(embedding, layers.linear("ec", oneHot, spec.classes(), embeddingWidth()));
    }
    return graph.silu(embedding);
  }
}
