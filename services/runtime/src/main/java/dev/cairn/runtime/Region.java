package dev.cairn.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A part of the output whose loss is attributed by itself (METHOD section 2, masked-loss): the mean
 * over d becomes a mean weighted by m, so that each element's part of the cotangent is multiplied
 * by m·d/Σm.
 */
public final class Region {

  private static final int DIGEST_BYTES = 8;

  private final float[] factors;
  private final String digest;

  /**
   * @param mask weights m, one for each of the d elements of the model's output
   * @throws IllegalArgumentException if a weight is negative or not finite, or all are 0
   */
  public Region(float[] mask) {
    double sum = 0;
    for (float weight : mask) {
      if (!(weight >= 0) || weight == Float.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "mask holds %s; expected weights of at least 0".formatted(weight));
      }
      sum += weight;
    }
    if (sum == 0) {
      throw new IllegalArgumentException("mask is 0 everywhere; expected a region");
    }
    factors = new float[mask.length];
    for (int i = 0; i < mask.length; i++) {
      factors[i] = (float) (mask[i] * (mask.length / sum));
    }
    digest = digest(mask);
  }

  /** Names the region: the first 16 hexadecimal digits of the SHA-256 over its weights. */
  String digest() {
    return digest;
  }

  /** Restricts a cotangent (scale, offset), d elements each, to the region. */
  void restrict(float[] scale, float[] offset) {
    for (int i = 0; i < factors.length; i++) {
      scale[i] *= factors[i];
      offset[i] *= factors[i];
    }
  }

  private static String digest(float[] mask) {
    ByteBuffer bytes =
        ByteBuffer.allocate(mask.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(mask);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.array());
      return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
