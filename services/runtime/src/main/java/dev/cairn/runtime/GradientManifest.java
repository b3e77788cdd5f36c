package dev.cairn.runtime;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.cairn.gradients.ParameterFeatures;
import java.util.List;

/**
 * What {@code gradients/manifest.json} of a bundle says of the gradient graph beside it.
 *
 * @param format version of this layout
 * @param modelDigest SHA-256 of the ONNX file that was differentiated
 * @param graphDigest SHA-256 of the gradient graph
 * @param projection kronecker, dense or identity
 * @param requestedDimension wanted length of the feature vector; 0 for identity
 * @param seed seed of the projection matrices
 * @param featureDimension actual length of the feature vector (K)
 * @param opset ONNX opset of the graph
 * @param predictionShape shape of one row of the prediction
 * @param batchInvariant whether a row's bits were the same in every batch tried when compiling
 * @param scope which parameters gradients are taken by, "all" or what restricts them
 * @param sketchDimension length after a sparse second stage; 0 without one
 * @param normalised whether each row's features have norm 1
 * @param bases "random", or how many rows of which data principal components were made of
 * @param run what a run needs, as measured when compiling
 * @param layout which features belong to which parameter
 */
@JsonPropertyOrder({"format", "modelDigest", "graphDigest"})
public record GradientManifest(
    int format,
    String modelDigest,
    String graphDigest,
    String projection,
    int requestedDimension,
    long seed,
    int featureDimension,
    int opset,
    List<Integer> predictionShape,
    boolean batchInvariant,
    String scope,
    int sketchDimension,
    boolean normalised,
    String bases,
    RunProfile run,
    List<ParameterFeatures> layout) {

  /** The layout that this version writes and reads. */
  public static final int FORMAT = 1;

  /** What is said of bases that the seed makes. */
  public static final String RANDOM_BASES = "random";

  public GradientManifest {
    run = run == null ? RunProfile.UNKNOWN : run;
    predictionShape = List.copyOf(predictionShape);
    layout = List.copyOf(layout);
    // Manifests of before there were scopes say nothing.
    scope = scope == null ? "all" : scope;
    bases = bases == null ? RANDOM_BASES : bases;
  }

  /** Returns the same with what a run needs; whether bits depend on the batch is left as it is. */
  GradientManifest measured(RunProfile profile) {
    return new GradientManifest(
        format,
        modelDigest,
        graphDigest,
        projection,
        requestedDimension,
        seed,
        featureDimension,
        opset,
        predictionShape,
        batchInvariant,
        scope,
        sketchDimension,
        normalised,
        bases,
        profile,
        layout);
  }

  /**
   * Returns how many features each layer has; they lie one layer after the other. Where a
   * projection mixes the layers, all features are one.
   */
  public List<Integer> layers() {
    List<Integer> lengths = layout.stream().map(ParameterFeatures::length).toList();
    int total = lengths.stream().mapToInt(Integer::intValue).sum();
    return total == featureDimension ? lengths : List.of(featureDimension);
  }

  /** Returns the number of elements of one row of the prediction. */
  public int predictionElements() {
    return predictionShape.stream().reduce(1, Math::multiplyExact);
  }
}
