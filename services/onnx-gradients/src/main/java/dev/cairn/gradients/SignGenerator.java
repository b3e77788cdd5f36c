package dev.cairn.gradients;

import java.nio.charset.StandardCharsets;

/**
 * Random numbers as a function of (seed, name, purpose, index): SplitMix64's output at that index,
 * in a stream of its own for each name and purpose. Any machine, in any order, makes the same bits.
 */
final class SignGenerator {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private final long key;

  SignGenerator(long seed, String name, String purpose) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : (purpose + "/" + name).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    this.key = mix(mix(seed + GOLDEN) ^ hash);
  }

  /** The 64 bits at an index. */
  long bits(long index) {
    return mix(key + GOLDEN * (index + 1));
  }

  /** A number or its negative, by the top bit. */
  float signed(long index, float magnitude) {
    return bits(index) < 0 ? -magnitude : magnitude;
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
