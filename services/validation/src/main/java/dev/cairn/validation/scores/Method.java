package dev.cairn.validation.scores;

import dev.cairn.attribution.KernelKind;
import dev.cairn.diffusion.OutputFunction;
import dev.cairn.validation.ValidationException;
import java.util.List;

/**
 * One way to score, made of the parts that all share.
 *
 * @param name in reports and file names
 * @param feature what features are made of
 * @param query what is asked about
 * @param kernel full, block or identity
 * @param weighting what a score is multiplied with
 */
public record Method(
    String name, FeatureKind feature, QueryKind query, KernelKind kernel, Weighting weighting) {

  /**
   * What decides the features of training examples; methods of one kind share them.
   *
   * @param normalised whether each row is scaled to unit norm before averaging
   */
  public record FeatureKind(OutputFunction function, boolean normalised) {
    /** Name of the directory that the features lie in. */
    public String label() {
      return function.spelling() + (normalised ? "-normalised" : "");
    }
  }

  /** Which feature a query has where the final image is asked about. */
  public enum QueryKind {
    /** The training-side function of the image; where a step is asked about, as well. */
    IMAGE,
    /** The mean over the validated steps of the trajectory; of a step, its own. */
    TRAJECTORY
  }

  /** DAS and its variants (METHOD section 5), with r_i the example's root mean square error. */
  public enum Weighting {
    NONE,
    /** Score divided by the norms of both features. */
    COSINE,
    /** Score times r_i. */
    RESIDUAL,
    /** The square of that. */
    RESIDUAL_SQUARED,
    /** The square, divided by (1 − h_ii)². */
    LEVERAGE;

    /** Whether the weighted score is squared. */
    boolean squares() {
      return this == RESIDUAL_SQUARED || this == LEVERAGE;
    }
  }

  /** Whether the method has a ridge to choose. */
  public boolean hasLambda() {
    return kernel != KernelKind.IDENTITY;
  }

  /** Everything side by side (METHOD sections 2 and 5). */
  public static List<Method> all() {
    FeatureKind loss = new FeatureKind(OutputFunction.LOSS, false);
    FeatureKind square = new FeatureKind(OutputFunction.SQUARE, false);
    FeatureKind mean = new FeatureKind(OutputFunction.MEAN, false);
    FeatureKind unitLoss = new FeatureKind(OutputFunction.LOSS, true);
    FeatureKind unitSquare = new FeatureKind(OutputFunction.SQUARE, true);
    FeatureKind unitMean = new FeatureKind(OutputFunction.MEAN, true);
    return List.of(
        trajectory("journey", loss, Weighting.NONE),
        trajectory("journey-normalised", unitLoss, Weighting.NONE),
        trajectory("journey-square", square, Weighting.NONE),
        trajectory("journey-square-normalised", unitSquare, Weighting.NONE),
        trajectory("journey-das", mean, Weighting.RESIDUAL),
        trajectory("journey-das-normalised", unitMean, Weighting.RESIDUAL),
        full("trak", loss, Weighting.NONE),
        full("trak-normalised", unitLoss, Weighting.NONE),
        full("d-trak", square, Weighting.NONE),
        full("d-trak-normalised", unitSquare, Weighting.NONE),
        full("mean", mean, Weighting.NONE),
        full("das", mean, Weighting.RESIDUAL),
        full("das-squared", mean, Weighting.RESIDUAL_SQUARED),
        full("das-leverage", mean, Weighting.LEVERAGE),
        full("das-normalised", unitMean, Weighting.RESIDUAL),
        block("journey-block", loss, QueryKind.TRAJECTORY, Weighting.NONE),
        block("journey-square-block", square, QueryKind.TRAJECTORY, Weighting.NONE),
        block("trak-block", loss, QueryKind.IMAGE, Weighting.NONE),
        block("d-trak-block", square, QueryKind.IMAGE, Weighting.NONE),
        block("journey-mean-block", mean, QueryKind.TRAJECTORY, Weighting.NONE),
        block("mean-block", mean, QueryKind.IMAGE, Weighting.NONE),
        block("das-block", mean, QueryKind.IMAGE, Weighting.RESIDUAL),
        plain("gradient-dot", loss, Weighting.NONE),
        plain("gradient-cosine", loss, Weighting.COSINE),
        plain("square-dot", square, Weighting.NONE),
        plain("square-cosine", square, Weighting.COSINE));
  }

  /**
   * Some of them, in the order of {@link #all}.
   *
   * @throws ValidationException if a name is unknown
   */
  public static List<Method> named(List<String> names) {
    List<String> known = all().stream().map(Method::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new ValidationException(
            "there is no method '%s'; the methods are %s"
                .formatted(name, String.join(", ", known)));
      }
    }
    return all().stream().filter(method -> names.contains(method.name())).toList();
  }

  private static Method full(String name, FeatureKind feature, Weighting weighting) {
    return new Method(name, feature, QueryKind.IMAGE, KernelKind.FULL, weighting);
  }

  private static Method trajectory(String name, FeatureKind feature, Weighting weighting) {
    return new Method(name, feature, QueryKind.TRAJECTORY, KernelKind.FULL, weighting);
  }

  private static Method block(
      String name, FeatureKind feature, QueryKind query, Weighting weighting) {
    return new Method(name, feature, query, KernelKind.BLOCK, weighting);
  }

  private static Method plain(String name, FeatureKind feature, Weighting weighting) {
    return new Method(name, feature, QueryKind.IMAGE, KernelKind.IDENTITY, weighting);
  }
}
