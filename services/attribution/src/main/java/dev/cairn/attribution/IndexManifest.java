package dev.cairn.attribution;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What an index is; {@code manifest.json}, written last. Its SHA-256 names the index.
 *
 * @param version of this format
 * @param provenance of the training features, with their grid of timesteps
 * @param kernel spelling of a {@link KernelKind}
 * @param relativeLambda as in {@link KernelOptions}
 * @param lambdaRule what the relative λ is relative to, for people
 * @param lambda the λ that this gave
 * @param rescale as in {@link KernelOptions}
 * @param examples n
 * @param dimension K
 * @param dtype NumPy's name of the element type
 * @param matrix name of the file with the preconditioned rows, n × K
 * @param validation what retraining said of such scores, or null while nobody has asked
 */
public record IndexManifest(
    int version,
    FeatureProvenance provenance,
    String kernel,
    double relativeLambda,
    String lambdaRule,
    double lambda,
    boolean rescale,
    int examples,
    int dimension,
    String dtype,
    String matrix,
    String matrixSha256,
    String featuresSha256,
    String examplesSha256,
    @JsonInclude(JsonInclude.Include.NON_NULL) ValidationEvidence validation) {
  static final int VERSION = 1;

  /** The same with other evidence. */
  IndexManifest with(ValidationEvidence evidence) {
    return new IndexManifest(
        version,
        provenance,
        kernel,
        relativeLambda,
        lambdaRule,
        lambda,
        rescale,
        examples,
        dimension,
        dtype,
        matrix,
        matrixSha256,
        featuresSha256,
        examplesSha256,
        evidence);
  }
}
