package dev.cairn.gradients;

/** Where the matrices P_in and P_out of each layer come from. */
public interface ProjectionBases {
  /** P_in of a layer, rIn × dIn row-major; the identity where rIn = dIn. */
  float[] in(ParameterFeatures layer);

  /** P_out of a layer, rOut × dOut row-major; the identity where rOut = dOut. */
  float[] out(ParameterFeatures layer);

  /**
   * Whether each row of a convolution's P_in looks at a single element of the window, row i at
   * element i mod window; it is then computed as a 1×1 convolution and a shift.
   */
  default boolean seesElements(ParameterFeatures layer) {
    return false;
  }
}
