package dev.cairn.attributor;

import static dev.cairn.attributor.KafkaProbe.header;
import static dev.cairn.attributor.KafkaProbe.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.runtime.EngineOptions;
import dev.cairn.streaming.FlowLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same input gives the same bits, and a stage that goes and comes back loses nothing. */
@ExtendWith(StagesUnderTest.Shared.class)
class RepeatabilityIT {
  private final StagesUnderTest stages;

  RepeatabilityIT(StagesUnderTest stages) {
    this.stages = stages;
  }

  @Test
  void the_same_records_give_the_same_bits_in_another_order_and_another_batching() {
    // Given: three generations, sent in order
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      records.addAll(GenerationEvents.all(stages.model().draw("repeat-" + i)));
    }
    stages.kafka().send(records);
    Map<String, byte[]> first =
        payloadsById(StagesUnderTest.ATTRIBUTIONS, "repeat-", records.size());

    // When: sent again, shuffled, to stages whose engine runs three rows at a time on one thread
    Collections.shuffle(records, new Random(3));
    stages.kafka().send(records);
    String gradient =
        stages.deploy(
            stages.gradientStage("other-gradient", "other.features", new EngineOptions(1, 3)));
    String score =
        stages.deploy(stages.scoringStage("other-score", "other.features", "other.attributions"));
    Map<String, byte[]> second = payloadsById("other.attributions", "repeat-", 2 * records.size());

    // Then
    assertThat(first).hasSize(records.size());
    assertThat(second.keySet()).isEqualTo(first.keySet());
    assertThat(second).allSatisfy((id, bytes) -> assertThat(bytes).isEqualTo(first.get(id)));
    stages.undeploy(gradient);
    stages.undeploy(score);
  }

  @Test
  void a_stage_that_is_stopped_while_busy_and_started_again_loses_nothing() {
    // Given
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      records.addAll(GenerationEvents.all(stages.model().draw("moved-" + i)));
    }
    GradientStage stopped = movingStage();
    String deployment = stages.deploy(stopped);

    // When: stopped after the first results, in the middle of the rest, and another one started
    stages.kafka().send(records);
    stages.kafka().await("moving.features", 1, r -> key(r).startsWith("moved-"));
    stages.undeploy(deployment);
    assertThat(stopped.state()).isEqualTo(StageState.STOPPED);
    assertThat(stages.kafka().soFar("moving.features", r -> key(r).startsWith("moved-")))
        .hasSizeLessThan(records.size());
    String successor = stages.deploy(movingStage());

    // Then
    assertThat(payloadsById("moving.features", "moved-", records.size())).hasSize(records.size());
    stages.undeploy(successor);
  }

  /** Works on few records at a time, so that much is left when it is stopped. */
  private GradientStage movingStage() {
    return stages.gradientStage(
        "moving-gradient", "moving.features", new EngineOptions(1, 4), new FlowLimits(4, 1 << 20));
  }

  private Map<String, byte[]> payloadsById(String topic, String prefix, int count) {
    return stages.kafka().await(topic, count, r -> key(r).startsWith(prefix)).stream()
        .collect(
            Collectors.toMap(
                r -> header(r, "ce_id"),
                ConsumerRecord::value,
                (a, b) -> {
                  assertThat(b).isEqualTo(a); // a replay repeats every bit
                  return a;
                }));
  }
}
