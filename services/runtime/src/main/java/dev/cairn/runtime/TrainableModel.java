package dev.cairn.runtime;

import ai.onnxruntime.OrtException;
import dev.cairn.gradients.Differentiator;
import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.GradientSpec;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.Projection;
import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.runtime.compile.ModelSimplifier;
import dev.cairn.runtime.compile.SimplificationException;
import dev.cairn.runtime.compile.SimplifiedModel;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A denoiser with open parameters: the graph that gives prediction and summed gradients has them as
 * inputs, so that one graph serves every step of a training.
 *
 * <p>All parameters together are one vector, in the order of {@link #parameters()}.
 */
public final class TrainableModel {

  private final DenoiserModel model;
  private final ModelProto original;
  private final ModelProto graph;
  private final List<ParameterFeatures> parameters;

  private TrainableModel(DenoiserModel model, ModelProto original, GradientGraph gradients) {
    this.model = model;
    this.original = original;
    this.graph = gradients.model();
    this.parameters = gradients.layout();
  }

  /**
   * Differentiates a model by all of its parameters.
   *
   * @throws BundleException if it cannot be differentiated
   */
  public static TrainableModel of(DenoiserModel model) {
    try {
      SimplifiedModel simplified = ModelSimplifier.simplify(model.path(), model.sizes());
      var parameters = Parameters.discover(simplified.original(), simplified.simplified());
      return new TrainableModel(
          model,
          simplified.original(),
          Differentiator.differentiate(
              simplified.simplified(), new GradientSpec(parameters, new Projection.Sum())));
    } catch (GradientException | SimplificationException e) {
      throw new BundleException(model.path() + ": " + e.getMessage(), e);
    }
  }

  /** Returns the model whose file this was made from. */
  public DenoiserModel model() {
    return model;
  }

  /** Returns the file as it is. */
  public ModelProto original() {
    return original;
  }

  /** Returns name, shape and place in the vector of every parameter. */
  public List<ParameterFeatures> parameters() {
    return parameters;
  }

  /** Returns the number of elements of all parameters. */
  public int size() {
    ParameterFeatures last = parameters.getLast();
    return last.offset() + last.length();
  }

  /** Returns the parameters as the file has them. */
  public float[] initial() {
    Map<String, TensorProto> constants = new HashMap<>();
    original.getGraph().getInitializerList().forEach(t -> constants.put(t.getName(), t));
    float[] vector = new float[size()];
    for (ParameterFeatures parameter : parameters) {
      float[] values = Tensors.floats(constants.get(parameter.name()));
      System.arraycopy(values, 0, vector, parameter.offset(), values.length);
    }
    return vector;
  }

  /** Returns the model's file with other parameters; everything else in it stays as it is. */
  public ModelProto with(float[] vector) {
    if (vector.length != size()) {
      throw new IllegalArgumentException(
          "%d elements for a model of %d".formatted(vector.length, size()));
    }
    Map<String, ParameterFeatures> byName = new HashMap<>();
    parameters.forEach(p -> byName.put(p.name(), p));
    GraphProto.Builder changed = original.getGraph().toBuilder();
    for (int i = 0; i < changed.getInitializerCount(); i++) {
      TensorProto constant = changed.getInitializer(i);
      ParameterFeatures parameter = byName.get(constant.getName());
      if (parameter != null) {
        int from = parameter.offset();
        float[] values = Arrays.copyOfRange(vector, from, from + parameter.length());
        long[] shape = constant.getDimsList().stream().mapToLong(Long::longValue).toArray();
        changed.setInitializer(i, Tensors.floats(constant.getName(), values, shape));
      }
    }
    return original.toBuilder().setGraph(changed).build();
  }

  /** From parameters and rows to the prediction and the gradients. */
  ModelProto graph() {
    return graph;
  }

  BundleException notLoaded(OrtException e) {
    return new BundleException(
        "%s: its training graph cannot be loaded (%s); please report the model"
            .formatted(model.path(), OnnxSessions.firstLine(e)),
        e);
  }

  IllegalStateException stepFailed(OrtException e) {
    return new IllegalStateException(
        "%s: a training step failed (%s)".formatted(model.path(), OnnxSessions.firstLine(e)), e);
  }
}
