package dev.cairn.diffusion;

import java.util.Arrays;
import java.util.Locale;

/**
 * The scalar of the network's prediction ε_θ whose parameter gradient becomes a feature. Each is
 * given by the affine cotangent v = scale ⊙ ε_θ + offset, the derivative of the scalar by the
 * prediction, so that one gradient graph serves all of them (METHOD section 2).
 */
public enum OutputFunction {
  /** mean_d (ε_θ − target)²: Journey-TRAK, TRAK. */
  LOSS {
    @Override
    public void affine(float[] target, float[] scale, float[] offset) {
      if (target == null) {
        throw new IllegalArgumentException("output function loss needs the training target");
      }
      Shapes.requireSameLength(scale, offset, target);
      float slope = 2f / scale.length;
      Arrays.fill(scale, slope);
      for (int i = 0; i < offset.length; i++) {
        offset[i] = -slope * target[i];
      }
    }
  },
  /** mean_d ε_θ²: D-TRAK. */
  SQUARE {
    @Override
    public void affine(float[] target, float[] scale, float[] offset) {
      Shapes.requireSameLength(scale, offset);
      Arrays.fill(scale, 2f / scale.length);
      Arrays.fill(offset, 0);
    }
  },
  /** mean_d ε_θ: Diffusion Attribution Score. */
  MEAN {
    @Override
    public void affine(float[] target, float[] scale, float[] offset) {
      Shapes.requireSameLength(scale, offset);
      Arrays.fill(scale, 0);
      Arrays.fill(offset, 1f / scale.length);
    }
  };

  /**
   * Writes scale and offset of one row.
   *
   * @param target the training target, d elements ({@link PredictionType#target}); only {@link
   *     #LOSS} reads it, the others accept null
   * @param scale d elements, written
   * @param offset d elements, written
   */
  public abstract void affine(float[] target, float[] scale, float[] offset);

  /**
   * The name in configuration, provenance and events: {@code loss}, {@code square}, {@code mean}.
   */
  public String spelling() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@link #spelling()}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static OutputFunction parse(String name) {
    for (OutputFunction function : values()) {
      if (function.spelling().equals(name)) {
        return function;
      }
    }
    throw new IllegalArgumentException(
        "output function '%s' is not one of loss, square, mean".formatted(name));
  }
}
