package dev.cairn.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Finds out which inputs of an ONNX file are the sample, the timestep and the conditioning. */
final class SignatureReader {

  // The names that exporters write; anything else is recognised by its type and rank.
  private static final Set<String> SAMPLE_NAMES =
      Set.of("sample", "x", "x_t", "latent", "hidden_states");
  private static final Set<String> TIMESTEP_NAMES = Set.of("timestep", "timesteps", "t", "time");

  private final Path path;
  private final OpenAxes axes;
  private final Map<String, Long> sizes = new TreeMap<>();

  private SignatureReader(Path path, OpenAxes axes) {
    this.path = path;
    this.axes = axes;
  }

  /**
   * What a file's inputs are.
   *
   * @param sizes of named open axes besides the batch
   */
  record Read(ModelSignature signature, Map<String, Long> sizes) {}

  static Read read(Path path, OpenAxes axes) {
    try (OrtSession session = OnnxSessions.look(path)) {
      SignatureReader reader = new SignatureReader(path, axes);
      return new Read(reader.signature(session), reader.sizes);
    } catch (OrtException e) {
      throw new BundleException(
          path + ": not a model that ONNX Runtime can load (" + OnnxSessions.firstLine(e) + ")", e);
    }
  }

  private ModelSignature signature(OrtSession session) throws OrtException {
    Map<String, ModelInput> inputs = new LinkedHashMap<>();
    for (NodeInfo node : session.getInputInfo().values()) {
      inputs.put(node.getName(), input(node));
    }
    ModelInput sample =
        find(inputs, SAMPLE_NAMES, ModelInput.Type.FLOAT32, 2)
            .orElseThrow(
                () -> missing("sample (float, batch × channels × height × width)", inputs));
    inputs.remove(sample.name());
    ModelInput timestep =
        find(inputs, TIMESTEP_NAMES, null, 0)
            .orElseThrow(() -> missing("timestep (one number a row)", inputs));
    inputs.remove(timestep.name());
    String prediction = session.getOutputInfo().keySet().iterator().next();
    return new ModelSignature(sample, timestep, List.copyOf(inputs.values()), prediction);
  }

  /** By name first; otherwise the only input of that type and at least that rank. */
  private static Optional<ModelInput> find(
      Map<String, ModelInput> inputs, Set<String> names, ModelInput.Type type, int minRank) {
    Optional<ModelInput> named =
        inputs.values().stream().filter(input -> names.contains(input.name())).findFirst();
    if (named.isPresent()) {
      return named;
    }
    return inputs.values().stream()
        .filter(input -> type == null ? input.shape().isEmpty() : input.type() == type)
        .filter(input -> input.shape().size() >= minRank)
        .findFirst();
  }

  private BundleException missing(String what, Map<String, ModelInput> inputs) {
    return new BundleException(
        "%s: no input looks like the %s; its inputs are %s. Name it in the export"
            .formatted(path, what, inputs.values()));
  }

  private ModelInput input(NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo info)) {
      throw new BundleException(
          path
              + ": input "
              + node.getName()
              + " is no tensor; export the model with tensor inputs");
    }
    long[] shape = info.getShape();
    List<Integer> row = new ArrayList<>();
    for (int axis = 1; axis < shape.length; axis++) {
      long size = shape[axis] > 0 ? shape[axis] : open(node.getName(), info, axis);
      row.add(Math.toIntExact(size));
    }
    return new ModelInput(node.getName(), type(node.getName(), info.type), row);
  }

  private long open(String input, TensorInfo info, int axis) {
    String name = info.getDimensionNames()[axis];
    OptionalLong size = axes.size(input, axis);
    if (size.isEmpty() || name.isEmpty()) {
      throw new BundleException(
          "%s: input %s has shape %s; only the first axis (the batch) may be dynamic. Export with fixed %s"
              .formatted(
                  path,
                  input,
                  Arrays.toString(info.getShape()),
                  "sizes for the other axes, or beside the config.json that states them"));
    }
    Long before = sizes.putIfAbsent(name, size.getAsLong());
    if (before != null && before != size.getAsLong()) {
      throw new BundleException(
          "%s: the axis '%s' would be both %d and %d; export it under two names"
              .formatted(path, name, before, size.getAsLong()));
    }
    return size.getAsLong();
  }

  private ModelInput.Type type(String name, OnnxJavaType type) {
    return switch (type) {
      // A model of half precision is computed in single precision (see SinglePrecision).
      case FLOAT, FLOAT16, BFLOAT16 -> ModelInput.Type.FLOAT32;
      case INT64 -> ModelInput.Type.INT64;
      case INT32 -> ModelInput.Type.INT32;
      default ->
          throw new BundleException(
              "%s: input %s holds %s; Cairn feeds float32, int64 and int32. Export it with one of these"
                  .formatted(path, name, type));
    };
  }
}
