package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.EmbeddedBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ExtendWith(SharedBroker.class)
class DeletedUnreadIT {

  private final EmbeddedBroker broker;

  DeletedUnreadIT(EmbeddedBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @EnumSource
  void what_retention_deletes_before_it_is_read_is_counted_and_the_rest_is_read(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(broker, delivery, 1)) {
      // Given
      bench.sendNumbers(0, 10);
      RecordStream before = bench.start(bench::echoed);
      await().until(() -> bench.committed() == 10);
      StreamBench.stop(before);
      bench.sendNumbers(10, 20);
      bench.deleteBefore(15);

      // When
      SimpleMeterRegistry meters = new SimpleMeterRegistry();
      RecordStream after =
          new RecordStream(
              bench.options(FlowLimits.defaults(), Duration.ofSeconds(5)), bench::echoed, meters);
      after.start();

      // Then
      await().until(() -> bench.committed() == 20);
      assertThat(bench.readText(bench.output, 15))
          .hasSize(15)
          .containsAll(RecordStreamIT.numbers(15, 20));
      assertThat(meters.get("cairn.stream.deleted.unread").counter().count()).isEqualTo(5);
      assertThat(after.healthy()).isTrue();
      StreamBench.stop(after);
    }
  }
}
