package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RowQueueTest {

  private static MeanRequest request(int rows) {
    GradientRow row = new GradientRow(new float[1], 0, Map.of(), new float[1], new float[1]);
    return new MeanRequest(rows, _ -> row, false);
  }

  @Test
  void rows_of_several_requests_share_a_batch_in_order_of_arrival() {
    // Given
    RowQueue queue = new RowQueue();
    MeanRequest first = request(3);
    MeanRequest second = request(3);
    queue.add(first);
    queue.add(second);

    // When
    List<RowQueue.Waiting> batch = queue.take(4);

    // Then
    assertThat(batch)
        .extracting(RowQueue.Waiting::request, RowQueue.Waiting::row)
        .containsExactly(tuple(first, 0), tuple(first, 1), tuple(first, 2), tuple(second, 0));
    assertThat(queue.size()).isEqualTo(2);
  }

  @Test
  void closing_wakes_a_waiting_worker_with_nothing() {
    // Given
    RowQueue queue = new RowQueue();
    CompletableFuture<List<RowQueue.Waiting>> taken =
        CompletableFuture.supplyAsync(() -> queue.take(8));

    // When
    queue.close();

    // Then
    assertThat(taken.orTimeout(10, TimeUnit.SECONDS).join()).isEmpty();
  }

  @Test
  void closing_returns_the_rows_that_nobody_will_run() {
    // Given
    RowQueue queue = new RowQueue();
    queue.add(request(5));

    // When / Then
    assertThat(queue.close()).hasSize(5);
    assertThatThrownBy(() -> queue.add(request(1))).hasMessage("the gradient engine is closed");
  }
}
