package dev.cairn.diffusion;

/**
 * What the network predicts, given x_t = √ᾱ x_0 + √(1−ᾱ) ε. All arrays have the d elements of one
 * image or of a whole batch at one timestep; {@code out} may be one of the inputs. Salimans and Ho
 * 2022 (v), METHOD section 1.
 */
public enum PredictionType {
  /** The noise ε. */
  EPSILON {
    @Override
    public void denoised(float[] x, float[] prediction, double alphaBar, float[] out) {
      double signal = Math.sqrt(alphaBar);
      combine(x, 1 / signal, prediction, -Math.sqrt(1 - alphaBar) / signal, out);
    }

    @Override
    public void epsilon(float[] x, float[] prediction, double alphaBar, float[] out) {
      combine(x, 0, prediction, 1, out);
    }

    @Override
    public void target(float[] x0, float[] epsilon, double alphaBar, float[] out) {
      combine(x0, 0, epsilon, 1, out);
    }
  },
  /** The velocity v = √ᾱ ε − √(1−ᾱ) x_0. */
  V_PREDICTION {
    @Override
    public void denoised(float[] x, float[] prediction, double alphaBar, float[] out) {
      combine(x, Math.sqrt(alphaBar), prediction, -Math.sqrt(1 - alphaBar), out);
    }

    @Override
    public void epsilon(float[] x, float[] prediction, double alphaBar, float[] out) {
      combine(x, Math.sqrt(1 - alphaBar), prediction, Math.sqrt(alphaBar), out);
    }

    @Override
    public void target(float[] x0, float[] epsilon, double alphaBar, float[] out) {
      combine(x0, -Math.sqrt(1 - alphaBar), epsilon, Math.sqrt(alphaBar), out);
    }
  },
  /** The clean image x_0. */
  SAMPLE {
    @Override
    public void denoised(float[] x, float[] prediction, double alphaBar, float[] out) {
      combine(x, 0, prediction, 1, out);
    }

    @Override
    public void epsilon(float[] x, float[] prediction, double alphaBar, float[] out) {
      double noise = Math.sqrt(1 - alphaBar);
      combine(x, 1 / noise, prediction, -Math.sqrt(alphaBar) / noise, out);
    }

    @Override
    public void target(float[] x0, float[] epsilon, double alphaBar, float[] out) {
      combine(x0, 1, epsilon, 0, out);
    }
  };

  /** The denoised estimate x̂_0 = E[x_0 | x_t], not clipped. */
  public abstract void denoised(float[] x, float[] prediction, double alphaBar, float[] out);

  /** The noise ε̂ that the prediction implies. */
  public abstract void epsilon(float[] x, float[] prediction, double alphaBar, float[] out);

  /** What the training loss compares the prediction with. */
  public abstract void target(float[] x0, float[] epsilon, double alphaBar, float[] out);

  /**
   * Reads the diffusers spelling: {@code epsilon}, {@code v_prediction} or {@code sample}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static PredictionType parse(String name) {
    return switch (name) {
      case "epsilon" -> EPSILON;
      case "v_prediction" -> V_PREDICTION;
      case "sample" -> SAMPLE;
      default ->
          throw new IllegalArgumentException(
              "prediction type '%s' is not one of epsilon, v_prediction, sample".formatted(name));
    };
  }

  private static void combine(float[] a, double scaleA, float[] b, double scaleB, float[] out) {
    Shapes.requireSameLength(a, b, out);
    // A zero factor must not let an infinite or undefined element of the unused array through.
    if (scaleA == 0 && scaleB == 1) {
      System.arraycopy(b, 0, out, 0, b.length);
    } else if (scaleA == 1 && scaleB == 0) {
      System.arraycopy(a, 0, out, 0, a.length);
    } else {
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) (scaleA * a[i] + scaleB * b[i]);
      }
    }
  }
}
