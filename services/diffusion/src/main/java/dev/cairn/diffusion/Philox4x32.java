package dev.cairn.diffusion;

/**
 * Philox4x32-10, the counter-based generator of Salmon et al., "Parallel Random Numbers: As Easy as
 * 1, 2, 3" (SC 2011): a keyed bijection of 128-bit counters whose outputs pass as independent
 * uniform bits. No state, so any value of any stream can be had in any order.
 */
final class Philox4x32 {
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  // The golden ratio and √3 − 1 in 32 bits: the Weyl sequence that varies the key between rounds.
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;

  private Philox4x32() {}

  /** Writes the four words at counter (c0, c1, c2, c3) under key (k0, k1) to out[0..3]. */
  static void generate(int c0, int c1, int c2, int c3, int k0, int k1, int[] out) {
    int x0 = c0;
    int x1 = c1;
    int x2 = c2;
    int x3 = c3;
    int key0 = k0;
    int key1 = k1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * Integer.toUnsignedLong(x0);
      long product1 = MULTIPLIER_1 * Integer.toUnsignedLong(x2);
      x0 = (int) (product1 >>> 32) ^ x1 ^ key0;
      x2 = (int) (product0 >>> 32) ^ x3 ^ key1;
      x1 = (int) product1;
      x3 = (int) product0;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
  }
}
