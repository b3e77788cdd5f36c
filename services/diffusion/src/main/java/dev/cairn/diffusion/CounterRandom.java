package dev.cairn.diffusion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Uniform random numbers as a pure function of (seed, stream, counter): training draws its
 * timesteps, shuffles and subsets from it, so that a resumed run goes on with the same ones. Safe
 * for use by many threads.
 */
public final class CounterRandom {
  private final long seed;
  private final long stream;

  /**
   * @param stream what the numbers are for; other streams of the same seed are independent
   */
  public CounterRandom(long seed, String stream) {
    this.seed = seed;
    this.stream = hash(stream);
  }

  /** 64 random bits. */
  public long bits(long counter) {
    int[] words = new int[4];
    Philox4x32.generate(
        (int) counter,
        (int) (counter >>> 32),
        (int) stream,
        (int) (stream >>> 32),
        (int) seed,
        (int) (seed >>> 32),
        words);
    return (long) words[0] << 32 | Integer.toUnsignedLong(words[1]);
  }

  /** Uniform in [0, 1), with 53 random bits. */
  public double uniform(long counter) {
    return (bits(counter) >>> 11) * 0x1p-53;
  }

  /** A whole number in [0, bound). */
  public int below(long counter, int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound is %d, must be positive".formatted(bound));
    }
    return (int) Math.multiplyHigh(bits(counter) >>> 1, (long) bound << 1);
  }

  /** A permutation of 0 … size − 1 (Fisher–Yates), another one for every number. */
  public int[] permutation(int number, int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    for (int i = size - 1; i > 0; i--) {
      int j = below((long) number << 32 | i, i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  private static long hash(String stream) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      // Apart from the streams of NoiseBank, which begin with small numbers.
      digest.update((byte) 0xFF);
      return ByteBuffer.wrap(digest.digest(stream.getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
