package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class StreamOptionsTest {

  @Test
  void every_problem_is_told_at_once() {
    assertThatThrownBy(
            () ->
                new StreamOptions(
                    Map.of(),
                    " ",
                    List.of("a"),
                    "a",
                    FlowLimits.defaults(),
                    Duration.ofHours(1),
                    "s"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "bootstrap.servers",
            "groupId is blank",
            "deadLetterTopic a is also read",
            "drainTimeout");
    assertThatThrownBy(() -> new FlowLimits(0, 0, 0, 0))
        .hasMessageContainingAll("maxRecords", "maxBytes", "maxRecordBytes", "maxSpread");
  }

  @Test
  void secrets_do_not_appear_in_the_text_form() {
    assertThat(
            options(Map.of("bootstrap.servers", "b:1", "sasl.jaas.config", "password=hunter2"))
                .toString())
        .contains("sasl.jaas.config")
        .doesNotContain("hunter2");
  }

  @Test
  void each_client_gets_what_it_knows_and_plug_in_properties() {
    // Given
    StreamOptions options =
        options(
            Map.of(
                "bootstrap.servers",
                "b:1",
                "linger.ms",
                3,
                "fetch.min.bytes",
                7,
                "security.protocol",
                "SSL",
                "my.plugin",
                1));

    // When
    Map<String, Object> consumer = ClientProperties.forConsumer(options);
    Map<String, Object> producer = ClientProperties.forProducer(options);

    // Then
    assertThat(consumer)
        .containsKeys("fetch.min.bytes", "security.protocol", "my.plugin")
        .doesNotContainKey("linger.ms");
    assertThat(producer)
        .containsKeys("linger.ms", "security.protocol", "my.plugin")
        .doesNotContainKey("fetch.min.bytes");
  }

  @Test
  void what_the_guarantees_rest_on_cannot_be_overridden() {
    // Given
    StreamOptions options =
        options(
            Map.of(
                "bootstrap.servers",
                "b:1",
                "enable.auto.commit",
                true,
                "acks",
                "0",
                "enable.idempotence",
                false));

    // Then
    assertThat(ClientProperties.forConsumer(options)).containsEntry("enable.auto.commit", false);
    assertThat(ClientProperties.forProducer(options))
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true);
  }

  @Test
  void the_new_group_protocol_is_left_without_an_assignor_which_it_refuses() {
    StreamOptions options =
        options(Map.of("bootstrap.servers", "b:1", "group.protocol", "CONSUMER"));
    assertThat(ClientProperties.forConsumer(options))
        .doesNotContainKey("partition.assignment.strategy");
  }

  @Test
  void a_wrong_client_property_is_told_when_the_stream_starts() {
    StreamOptions options =
        options(Map.of("bootstrap.servers", "localhost:1", "linger.ms", "soon"));
    RecordStream stream = new RecordStream(options, _ -> null, new SimpleMeterRegistry());
    assertThatThrownBy(stream::start)
        .isInstanceOf(KafkaException.class)
        .hasMessageContaining("linger.ms");
    assertThat(stream.healthy()).isFalse();
    assertThat(stream.stop()).isCompleted();
  }

  private static StreamOptions options(Map<String, Object> clientProperties) {
    return new StreamOptions(
        clientProperties,
        "g",
        List.of("in"),
        "dead",
        FlowLimits.defaults(),
        Duration.ofSeconds(1),
        "s");
  }
}
