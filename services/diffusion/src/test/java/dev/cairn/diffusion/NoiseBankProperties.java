package dev.cairn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class NoiseBankProperties {

  @Property(tries = 200)
  void equal_coordinates_give_equal_finite_bits(
      @ForAll long seed,
      @ForAll @StringLength(max = 40) String id,
      @ForAll @IntRange(max = NoiseBank.LIMIT - 1) int timestep,
      @ForAll @IntRange(max = NoiseBank.LIMIT - 1) int draw,
      @ForAll @IntRange(min = 1, max = 70) int length) {
    float[] first = new float[length];
    float[] second = new float[length];

    new NoiseBank(seed).gaussian(id, timestep, draw, first);
    new NoiseBank(seed).gaussian(id, timestep, draw, second);

    assertThat(first).isEqualTo(second);
    for (float z : first) {
      assertThat(Math.abs(z)).isLessThan(6.8f);
    }
  }
}
