package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class MeanRequestTest {

  private static final GradientRow ROW =
      new GradientRow(new float[1], 0, Map.of(), new float[1], new float[1]);

  private static MeanRequest request(int rows, boolean normalise) {
    return new MeanRequest(rows, _ -> ROW, normalise);
  }

  @Test
  void the_mean_is_the_same_in_whatever_order_rows_return() {
    // Given values whose float sum depends on the order
    List<float[]> features =
        List.of(new float[] {1e8f}, new float[] {1f}, new float[] {-1e8f}, new float[] {3f});
    MeanRequest forwards = request(4, false);
    MeanRequest backwards = request(4, false);

    // When
    for (int i = 0; i < 4; i++) {
      forwards.complete(i, features.get(i));
      backwards.complete(3 - i, features.get(3 - i));
    }

    // Then
    assertThat(forwards.mean().join()).containsExactly(1f);
    assertThat(backwards.mean().join()).containsExactly(1f);
  }

  @Test
  void normalised_rows_weigh_the_same_whatever_their_norm() {
    // Given
    MeanRequest request = request(2, true);

    // When
    request.complete(0, new float[] {300f, 400f});
    request.complete(1, new float[] {0f, -0.002f});

    // Then
    assertThat(request.mean().join()).containsExactly(0.3f, -0.1f);
  }

  @Test
  void a_zero_gradient_stays_zero_when_normalised() {
    // Given
    MeanRequest request = request(1, true);

    // When
    request.complete(0, new float[] {0f, 0f});

    // Then
    assertThat(request.mean().join()).containsExactly(0f, 0f);
  }

  @Test
  void a_failed_row_fails_the_mean() {
    // Given
    MeanRequest request = request(2, false);

    // When
    request.complete(0, new float[] {1f});
    request.fail(new IllegalStateException("out of memory"));

    // Then
    assertThatThrownBy(() -> request.mean().join())
        .isInstanceOf(CompletionException.class)
        .hasRootCauseMessage("out of memory");
  }
}
