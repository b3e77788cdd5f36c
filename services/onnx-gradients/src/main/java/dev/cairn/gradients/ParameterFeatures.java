package dev.cairn.gradients;

import java.util.List;

/**
 * The block of the feature vector that one parameter, or one layer's weight and bias, fills.
 *
 * <p>For {@link Kind#KRONECKER} the block is P_out · G · P_inᵀ, row-major (rOut × rIn), where G is
 * the layer's gradient matrix, dOut × dIn: the weight's gradient with one row per output channel —
 * the file's tensor reshaped to dOut × (product of the rest), transposed first where {@code
 * transposed} — and, where {@code bias} is not null, the bias's gradient as one more last column.
 *
 * <p>For a convolution P_in has structure, see {@link ProjectionMatrices#in}.
 *
 * @param name the weight's initialiser (or the bias's, where the weight is no parameter)
 * @param bias the initialiser that is the matrix's last column, or null
 * @param shape shape of {@code name} in the file
 * @param transposed whether the file stores the weight as inputs × outputs
 * @param dOut rows of G before projection; for {@link Kind#VECTOR} the parameter's elements
 * @param dIn columns of G before projection, the bias's included; 1 for a vector
 * @param rOut rows after projection; equal to dOut means no projection (identity) on this side
 * @param rIn columns after projection; equal to dIn means no projection on this side
 */
public record ParameterFeatures(
    String name,
    String bias,
    Kind kind,
    List<Integer> shape,
    boolean transposed,
    int dOut,
    int dIn,
    int rOut,
    int rIn,
    int offset) {

  /** How the block is made from the gradient. */
  public enum Kind {
    /** The flattened gradient itself. */
    IDENTITY,
    /** A linear map's gradient matrix, projected from both sides. */
    KRONECKER,
    /** A vector's gradient (normalisation scale or shift, lone bias), projected by P_out only. */
    VECTOR
  }

  public ParameterFeatures {
    shape = List.copyOf(shape);
  }

  /** Features in this block. */
  public int length() {
    return rOut * rIn;
  }

  /** Elements of a convolution's window; 1 for any other layer. */
  public int window() {
    return kind != Kind.KRONECKER || shape.size() < 3
        ? 1
        : shape.stream().skip(2).reduce(1, Math::multiplyExact);
  }

  /** This block elsewhere in the feature vector. */
  public ParameterFeatures at(int newOffset) {
    return new ParameterFeatures(
        name, bias, kind, shape, transposed, dOut, dIn, rOut, rIn, newOffset);
  }
}
