package dev.cairn.gradients;

import dev.cairn.gradients.onnx.ModelProto;
import java.util.List;

/**
 * A model that computes, in one run, a prediction and the features of its parameter gradient.
 *
 * <p>Inputs: those of the differentiated model, and {@value #SCALE} and {@value #OFFSET}, both in
 * the prediction's shape [batch, ...]. With cotangent v = scale ⊙ prediction + offset, taken as
 * constant, a row's gradient is ∇_θ ⟨v, prediction⟩.
 *
 * <p>Outputs: {@value #PREDICTION} [batch, ...]; {@value #FEATURES} [batch, featureDimension]; with
 * the identity projection also {@code cairn.gradient/NAME} [batch, *shape in the file].
 *
 * <p>With {@link Projection.Sum} there are no features; {@code cairn.gradient/NAME} has the
 * parameter's own shape, summed over the batch, and every parameter is an input by its name.
 *
 * @param featureDimension K, number of features a row; for a sum, elements of all parameters
 * @param layout which features belong to which parameter, ascending offsets, no gaps; where
 *     features mix parameters (dense, sketched), the layout of the gradient before that
 */
public record GradientGraph(
    ModelProto model, int featureDimension, List<ParameterFeatures> layout) {
  public static final String SCALE = "cairn.scale";
  public static final String OFFSET = "cairn.offset";
  public static final String PREDICTION = "cairn.prediction";
  public static final String FEATURES = "cairn.features";

  /** What {@link Projection.Moments} calls its outputs. */
  public static final String MOMENT_IN = "cairn.moment.in/";

  public static final String MOMENT_OUT = "cairn.moment.out/";

  public static final String GRADIENT_PREFIX = "cairn.gradient/";

  public GradientGraph {
    layout = List.copyOf(layout);
  }
}
