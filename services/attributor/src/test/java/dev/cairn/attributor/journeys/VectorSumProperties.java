package dev.cairn.attributor.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Offset;

class VectorSumProperties {

  @Property(tries = 500)
  void the_mean_is_that_of_exact_arithmetic_in_any_order(
      @ForAll @NotEmpty @Size(max = 60) List<@FloatRange(min = -1e9f, max = 1e9f) Float> terms,
      @ForAll long seed) {
    // Given
    BigDecimal exact =
        terms.stream()
            .map(BigDecimal::new)
            .reduce(BigDecimal.ZERO, BigDecimal::add)
            .divide(BigDecimal.valueOf(terms.size()), MathContext.DECIMAL128);
    List<Float> shuffled = new ArrayList<>(terms);
    Collections.shuffle(shuffled, new Random(seed));

    // When
    float mean = mean(terms);

    // Then
    assertThat(mean).isEqualTo(mean(shuffled));
    assertThat((double) mean).isCloseTo(exact.doubleValue(), within(exact.doubleValue()));
  }

  @Property(tries = 100)
  void a_sum_goes_on_where_it_was_written(@ForAll @Size(max = 20) List<Float> terms) {
    List<Float> finite = terms.stream().filter(Float::isFinite).toList();
    VectorSum written = sum(finite);
    ByteBuffer bytes = ByteBuffer.allocate(written.bytes());
    written.write(bytes);
    assertThat(bytes.hasRemaining()).isFalse();

    VectorSum read = VectorSum.read(bytes.flip());
    written.add(new float[] {1});
    read.add(new float[] {1});
    assertThat(read.mean(3)).isEqualTo(written.mean(3));
  }

  private static Offset<Double> within(double exact) {
    return Offset.offset(Math.max(Math.abs(exact) * 1e-7, 1e-40));
  }

  private static float mean(List<Float> terms) {
    return sum(terms).mean(terms.size())[0];
  }

  private static VectorSum sum(List<Float> terms) {
    VectorSum sum = new VectorSum(1);
    terms.forEach(term -> sum.add(new float[] {term}));
    return sum;
  }
}
