package dev.cairn.runtime.compile;

import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.OperatorSetIdProto;
import dev.cairn.gradients.onnx.TensorShapeProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import dev.cairn.runtime.onnx.OnnxFile;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;

/**
 * Lets ONNX Runtime fold a model's shape arithmetic, so that the differentiator meets few
 * operators.
 *
 * <p>Folding needs fixed sizes. So the model is simplified for two batch sizes, and what differs
 * between them is made to depend on the batch again: folded constants and the shapes of all values.
 */
public final class ModelSimplifier {
  private static final long FIRST = 2;
  private static final long SECOND = 3;

  private ModelSimplifier() {}

  /** A model whose only open axis is the batch, the first of its inputs. */
  public static SimplifiedModel simplify(Path onnx) {
    return simplify(onnx, Map.of());
  }

  /**
   * @param sizes for open axes other than the batch (height, tokens, …), by name
   * @throws SimplificationException if an axis is left open, if the batch is not open, or if
   *     something depends on the batch in a way that two sizes do not tell
   */
  public static SimplifiedModel simplify(Path onnx, Map<String, Long> sizes) {
    return simplify(onnx, sizes, OnnxSessions.LARGE);
  }

  /**
   * @param largestInline bytes of weights beyond which these stay in their file: the result then
   *     has them as external data, relative to the model's directory
   */
  public static SimplifiedModel simplify(Path onnx, Map<String, Long> sizes, long largestInline) {
    ModelProto original = Aliases.takeApart(SinglePrecision.of(read(onnx, largestInline)));
    ModelProto open = OpenWeights.open(original);
    Probe first = probe(onnx, open, FIRST, sizes);
    Probe second = probe(onnx, open, SECOND, sizes);
    ModelProto generalised = new ProbePair(first, second).generalise();
    return new SimplifiedModel(
        original, OpenWeights.close(standardOnly(onnx, generalised), original));
  }

  private static ModelProto read(Path onnx, long largestInline) {
    try {
      ModelProto model = OnnxFile.read(onnx);
      return OnnxFile.weightBytes(model) > largestInline
          ? model
          : OnnxFile.inlined(model, OnnxSessions.directory(onnx));
    } catch (IOException e) {
      throw new SimplificationException(
          "%s: cannot be read as an ONNX model: %s".formatted(onnx, e.getMessage()), e);
    }
  }

  private static Probe probe(Path onnx, ModelProto model, long batch, Map<String, Long> sizes) {
    Map<String, Long> dimensions = new HashMap<>(sizes);
    batchNames(onnx, model).forEach(name -> dimensions.put(name, batch));
    for (ValueInfoProto input : model.getGraph().getInputList()) {
      for (TensorShapeProto.Dimension dim : dims(input)) {
        if (!dim.hasDimValue() && !dimensions.containsKey(dim.getDimParam())) {
          throw new SimplificationException(
              "%s: input '%s' has an open axis '%s' besides the batch; give its size"
                  .formatted(onnx, input.getName(), dim.getDimParam()));
        }
      }
    }
    return Probe.run(onnx, model, batch, dimensions);
  }

  /** Names of the inputs' first axes, where they are open: whatever the exporter called a batch. */
  private static SequencedSet<String> batchNames(Path onnx, ModelProto model) {
    SequencedSet<String> names = new LinkedHashSet<>();
    for (ValueInfoProto input : model.getGraph().getInputList()) {
      Iterable<TensorShapeProto.Dimension> dims = dims(input);
      if (dims.iterator().hasNext() && !dims.iterator().next().hasDimValue()) {
        names.add(dims.iterator().next().getDimParam());
      }
    }
    if (names.isEmpty()) {
      throw new SimplificationException(
          "%s: no input has an open first axis; export the model with a dynamic batch axis"
              .formatted(onnx));
    }
    return names;
  }

  private static Iterable<TensorShapeProto.Dimension> dims(ValueInfoProto input) {
    return input.getType().getTensorType().getShape().getDimList();
  }

  /** ONNX Runtime imports its own domains into what it saves; nothing may use them. */
  private static ModelProto standardOnly(Path onnx, ModelProto model) {
    model.getGraph().getNodeList().stream()
        .filter(node -> !node.getDomain().isEmpty() && !node.getDomain().equals("ai.onnx"))
        .findFirst()
        .ifPresent(
            node -> {
              throw new SimplificationException(
                  "%s: node '%s' uses operator %s of domain %s, which is not standard ONNX"
                      .formatted(onnx, node.getName(), node.getOpType(), node.getDomain()));
            });
    ModelProto.Builder standard = model.toBuilder().clearOpsetImport();
    for (OperatorSetIdProto opset : model.getOpsetImportList()) {
      if (opset.getDomain().isEmpty() || opset.getDomain().equals("ai.onnx")) {
        standard.addOpsetImport(opset);
      }
    }
    return standard.build();
  }
}
