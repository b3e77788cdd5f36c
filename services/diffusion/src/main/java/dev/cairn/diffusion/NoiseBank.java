package dev.cairn.diffusion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Standard normal noise as a pure function of (seed, id, timestep, draw): a retry, a replay or
 * another machine gets the same bits (METHOD section 4).
 *
 * <p>The seed is the key of {@link Philox4x32}; the counter is made of a block number, the timestep
 * and draw, and 64 bits of SHA-256 over the purpose and the id. Uniforms become normals by
 * Box–Muller with {@link StrictMath}, whose results are defined to the last bit, where {@link Math}
 * may differ between processors. Safe for use by many threads.
 */
public final class NoiseBank {
  /** Timesteps and draws lie in [0, LIMIT). */
  public static final int LIMIT = 1 << 16;

  private static final double TO_UNIT = 0x1p-32;

  /** Cloned, never used itself: to look an algorithm up among the providers takes longer. */
  private static final MessageDigest SHA_256 = unused();

  /**
   * What noise is for. Each purpose has its own streams: the noise that made an image must never be
   * the noise that its features are averaged over, even where both use the same seed.
   */
  private enum Purpose {
    FEATURE((byte) 0),
    INITIAL((byte) 1),
    SAMPLING((byte) 2);

    private final byte code;

    Purpose(byte code) {
      this.code = code;
    }
  }

  private final long seed;

  public NoiseBank(long seed) {
    this.seed = seed;
  }

  /**
   * Noise for a noised image x_t of which a feature is taken.
   *
   * @param id of the training example or the generation
   * @param draw number of the noise among those averaged at this timestep
   * @throws IllegalArgumentException if timestep or draw is outside [0, {@link #LIMIT})
   */
  public void gaussian(String id, int timestep, int draw, float[] out) {
    fill(Purpose.FEATURE, id, timestep, draw, out);
  }

  /** The x_T from which a generation starts. */
  public void initial(String id, float[] out) {
    fill(Purpose.INITIAL, id, 0, 0, out);
  }

  /** The fresh noise that a stochastic sampler adds in its step from this timestep. */
  public void sampling(String id, int timestep, float[] out) {
    fill(Purpose.SAMPLING, id, timestep, 0, out);
  }

  private void fill(Purpose purpose, String id, int timestep, int draw, float[] out) {
    if (timestep < 0 || timestep >= LIMIT || draw < 0 || draw >= LIMIT) {
      throw new IllegalArgumentException(
          "timestep %d and draw %d must lie in [0, %d)".formatted(timestep, draw, LIMIT));
    }
    long stream = stream(purpose, id);
    int position = timestep << 16 | draw;
    int[] words = new int[4];
    for (int i = 0; i < out.length; i += 4) {
      Philox4x32.generate(
          i >>> 2,
          position,
          (int) stream,
          (int) (stream >>> 32),
          (int) seed,
          (int) (seed >>> 32),
          words);
      boxMuller(words[0], words[1], out, i);
      boxMuller(words[2], words[3], out, i + 2);
    }
  }

  private static void boxMuller(int first, int second, float[] out, int at) {
    // Half a unit keeps the uniform off 0, whose logarithm is infinite.
    double radius = Math.sqrt(-2 * StrictMath.log((Integer.toUnsignedLong(first) + 0.5) * TO_UNIT));
    double angle = 2 * Math.PI * ((Integer.toUnsignedLong(second) + 0.5) * TO_UNIT);
    if (at < out.length) {
      out[at] = (float) (radius * StrictMath.cos(angle));
    }
    if (at + 1 < out.length) {
      out[at + 1] = (float) (radius * StrictMath.sin(angle));
    }
  }

  private static long stream(Purpose purpose, String id) {
    MessageDigest digest = sha256();
    digest.update(purpose.code);
    return ByteBuffer.wrap(digest.digest(id.getBytes(StandardCharsets.UTF_8))).getLong();
  }

  private static MessageDigest sha256() {
    try {
      return (MessageDigest) SHA_256.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's own SHA-256 can be cloned", e);
    }
  }

  private static MessageDigest unused() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
