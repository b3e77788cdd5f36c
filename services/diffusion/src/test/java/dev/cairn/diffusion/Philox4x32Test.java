package dev.cairn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The known answers for philox4x32-10 in the kat_vectors file of the Random123 library. */
class Philox4x32Test {

  @Test
  void zero_counter_and_key() {
    assertThat(words(0, 0, 0, 0, 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
  }

  @Test
  void all_bits_set() {
    assertThat(words(-1, -1, -1, -1, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
  }

  @Test
  void digits_of_pi() {
    assertThat(words(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  private static int[] words(int c0, int c1, int c2, int c3, int k0, int k1) {
    int[] out = new int[4];
    Philox4x32.generate(c0, c1, c2, c3, k0, k1, out);
    return out;
  }
}
