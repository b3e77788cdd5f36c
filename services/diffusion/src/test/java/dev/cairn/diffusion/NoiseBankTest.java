package dev.cairn.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoiseBankTest {

  @Test
  void bits_are_those_of_an_independent_implementation() {
    // Philox4x32-10, SHA-256 and Box–Muller written in Python, rounded to float32.
    float[] feature = new float[6];
    new NoiseBank(42).gaussian("example-7", 999, 3, feature);
    assertThat(feature)
        .containsExactly(
            0.091192804f, 1.4390069f, -0.76864815f, -0.7616831f, -0.42658082f, -0.016568284f);

    float[] initial = new float[6];
    new NoiseBank(-1).initial("génération", initial);
    assertThat(initial)
        .containsExactly(
            1.154827f, -0.62256783f, -0.68863046f, -0.40575325f, -0.7054837f, 1.332609f);

    float[] sampling = new float[6];
    new NoiseBank((1L << 40) + 5).sampling("g", 65535, sampling);
    assertThat(sampling)
        .containsExactly(
            -0.85857916f, 0.99197394f, 1.0880119f, 1.2183096f, 2.6063395f, 0.18175168f);
  }

  @Test
  void a_shorter_array_gets_the_beginning_of_the_same_noise() {
    float[] whole = new float[9];
    new NoiseBank(1).gaussian("a", 10, 0, whole);
    for (int length = 1; length < whole.length; length++) {
      float[] part = new float[length];
      new NoiseBank(1).gaussian("a", 10, 0, part);
      assertThat(whole).startsWith(part);
    }
  }

  @Test
  void moments_are_those_of_a_standard_normal() {
    int count = 1 << 20;
    float[] noise = new float[count];
    new NoiseBank(7).gaussian("moments", 0, 0, noise);
    double[] moment = new double[5];
    int beyondThree = 0;
    for (float z : noise) {
      double power = 1;
      for (int k = 1; k <= 4; k++) {
        power *= z;
        moment[k] += power / count;
      }
      beyondThree += Math.abs(z) > 3 ? 1 : 0;
    }
    // Five standard errors: √(var(z^k)/n) with var 1, 2, 15, 96.
    double error = 5 / Math.sqrt(count);
    assertThat(moment[1]).isCloseTo(0, within(error));
    assertThat(moment[2]).isCloseTo(1, within(error * Math.sqrt(2)));
    assertThat(moment[3]).isCloseTo(0, within(error * Math.sqrt(15)));
    assertThat(moment[4]).isCloseTo(3, within(error * Math.sqrt(96)));
    assertThat((double) beyondThree / count).isCloseTo(0.0026998, within(error * 0.052));
  }

  @Test
  void streams_that_differ_in_one_coordinate_are_uncorrelated() {
    // Given
    int count = 1 << 16;
    NoiseBank bank = new NoiseBank(7);
    List<float[]> streams = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      streams.add(new float[count]);
    }
    bank.gaussian("a", 5, 0, streams.get(0));
    bank.gaussian("b", 5, 0, streams.get(1));
    bank.gaussian("a", 6, 0, streams.get(2));
    bank.gaussian("a", 5, 1, streams.get(3));
    new NoiseBank(8).gaussian("a", 5, 0, streams.get(4));
    new NoiseBank(7 + (1L << 32)).gaussian("a", 5, 0, streams.get(5));
    bank.initial("a", streams.get(6));
    bank.sampling("a", 5, streams.get(7));

    // When, Then
    double bound = 5 / Math.sqrt(count);
    for (int i = 0; i < streams.size(); i++) {
      for (int lag = 0; lag < 4; lag++) {
        for (int j = lag == 0 ? i + 1 : i; j < streams.size(); j++) {
          assertThat(correlation(streams.get(i), streams.get(j), lag))
              .as("streams %d and %d at lag %d", i, j, lag)
              .isCloseTo(0, within(bound));
        }
      }
    }
  }

  @Test
  void timesteps_and_draws_out_of_range_are_refused() {
    NoiseBank bank = new NoiseBank(0);
    float[] out = new float[1];
    assertThatThrownBy(() -> bank.gaussian("a", -1, 0, out))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bank.gaussian("a", 0, NoiseBank.LIMIT, out))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("timestep 0 and draw 65536 must lie in [0, 65536)");
  }

  private static double correlation(float[] a, float[] b, int lag) {
    double sum = 0;
    for (int i = 0; i + lag < a.length; i++) {
      sum += (double) a[i] * b[i + lag];
    }
    return sum / a.length;
  }
}
