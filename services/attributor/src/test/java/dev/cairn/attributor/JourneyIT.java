package dev.cairn.attributor;

import static dev.cairn.attributor.KafkaProbe.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.attributor.journeys.JourneyStage;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.Subject;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Means over generations, with a real broker, a real model and a restart in between. */
@ExtendWith(StagesUnderTest.Shared.class)
class JourneyIT {
  private static final String FEATURES = "journey.features";
  private static final String ATTRIBUTIONS = "journey.attributions";

  private final StagesUnderTest stages;

  JourneyIT(StagesUnderTest stages) {
    this.stages = stages;
  }

  @Test
  void a_generation_that_spans_a_restart_is_averaged_whole_and_scored_like_any_feature() {
    // Given
    stages.kafka().send(GenerationEvents.all(stages.model().draw("travelled")));
    List<ConsumerRecord<byte[], byte[]>> features =
        stages.kafka().await(StagesUnderTest.FEATURES, 6, r -> key(r).equals("travelled"));
    String scoring = stages.deploy(stages.scoringStage("journey-score", FEATURES, ATTRIBUTIONS));
    JourneyStage first = stages.journeyStage();
    String deployment = stages.deploy(first);
    await().atMost(Duration.ofSeconds(60)).until(() -> first.state() == StageState.RUNNING);
    stages.kafka().send(copies(features.subList(0, 2)));
    stages.kafka().await(ATTRIBUTIONS, 2, r -> key(r).equals("travelled"));

    // When
    stages.undeploy(deployment);
    assertThat(first.state()).isEqualTo(StageState.STOPPED);
    stages.kafka().send(copies(features.subList(2, 6)));
    String successor = stages.deploy(stages.journeyStage());

    // Then
    Features mean = StagesUnderTest.features(means(FEATURES, Subject.TRAJECTORY));
    assertThat(mean.getAveraged()).isEqualTo(5);
    assertThat(mean.getIncomplete()).isFalse();
    Attribution attribution = StagesUnderTest.attribution(means(ATTRIBUTIONS, Subject.TRAJECTORY));
    assertThat(attribution.getAveraged()).isEqualTo(5);
    assertThat(attribution.getTopPositiveList()).hasSize(10);
    Attribution window = StagesUnderTest.attribution(means(ATTRIBUTIONS, Subject.AGGREGATE));
    assertThat(window.getGenerationId()).isEqualTo("user=u-1/2025-06-15T15:06:40Z/PT1S");
    assertThat(window.getAveraged()).isEqualTo(1);
    stages.undeploy(successor);
    stages.undeploy(scoring);
  }

  private ConsumerRecord<byte[], byte[]> means(String topic, Subject subject) {
    return stages
        .kafka()
        .await(
            topic,
            1,
            r ->
                (topic.equals(FEATURES)
                        ? StagesUnderTest.features(r).getSubject()
                        : StagesUnderTest.attribution(r).getSubject())
                    == subject)
        .getFirst();
  }

  private static List<ProducerRecord<byte[], byte[]>> copies(
      List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream()
        .map(r -> new ProducerRecord<>(FEATURES, null, r.key(), r.value(), r.headers()))
        .toList();
  }
}
