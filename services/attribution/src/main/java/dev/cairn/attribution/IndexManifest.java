package dev.cairn.attribution;

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
    String examplesSha256) {
  static final int VERSION = 1;
}
