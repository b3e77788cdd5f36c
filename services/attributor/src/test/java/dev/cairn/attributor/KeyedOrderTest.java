package dev.cairn.attributor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyedOrderTest {
  private final KeyedOrder<Integer> order = new KeyedOrder<>();
  private final List<Integer> released = Collections.synchronizedList(new ArrayList<>());

  @Test
  void a_result_waits_for_the_earlier_ones_of_its_key() {
    CompletableFuture<Integer> first = enter("a");
    CompletableFuture<Integer> second = enter("a");
    CompletableFuture<Integer> third = enter("a");

    third.complete(3);
    second.complete(2);
    assertThat(released).isEmpty();

    first.complete(1);
    assertThat(released).containsExactly(1, 2, 3);
    assertThat(order.size()).isZero();
  }

  @Test
  void keys_do_not_wait_for_each_other() {
    enter("a");
    CompletableFuture<Integer> other = enter("b");

    other.complete(7);

    assertThat(released).containsExactly(7);
    assertThat(order.size()).isOne();
  }

  @Test
  void a_record_without_key_waits_for_nobody() {
    CompletableFuture<Integer> first = new CompletableFuture<>();
    CompletableFuture<Integer> second = CompletableFuture.completedFuture(2);

    assertThat(order.inTurn(null, first)).isSameAs(first);
    assertThat(order.inTurn(null, second)).isCompletedWithValue(2);
  }

  @Test
  void a_failure_is_handed_on_in_its_turn() {
    CompletableFuture<Integer> first = new CompletableFuture<>();
    CompletableFuture<Integer> failed =
        order.inTurn("a".getBytes(UTF_8), first).toCompletableFuture();
    CompletableFuture<Integer> second = enter("a");

    second.complete(2);
    first.completeExceptionally(new IllegalStateException("broken"));

    assertThat(failed).isCompletedExceptionally();
    assertThat(released).containsExactly(2);
  }

  @Test
  void results_that_finish_in_any_order_on_many_threads_come_out_in_order() throws Exception {
    int results = 2_000;
    List<CompletableFuture<Integer>> all =
        IntStream.range(0, results).mapToObj(_ -> enter("a")).toList();
    List<Integer> shuffled = new ArrayList<>(IntStream.range(0, results).boxed().toList());
    Collections.shuffle(shuffled, ThreadLocalRandom.current());

    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      shuffled.forEach(i -> threads.submit(() -> all.get(i).complete(i)));
      threads.shutdown();
      assertThat(threads.awaitTermination(10, SECONDS)).isTrue();
    }

    assertThat(released).containsExactlyElementsOf(IntStream.range(0, results).boxed().toList());
    assertThat(order.size()).isZero();
  }

  /** Enters the line as a stream does: what hangs on the result is registered at once. */
  private CompletableFuture<Integer> enter(String key) {
    CompletableFuture<Integer> computed = new CompletableFuture<>();
    order.inTurn(key.getBytes(UTF_8), computed).thenAccept(released::add);
    return computed;
  }
}
