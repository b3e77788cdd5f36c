package dev.cairn.attributor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.schemas.v1.GenerationStep;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A record's trace, from its producer through both stages to its result. */
@ExtendWith(StagesUnderTest.Shared.class)
class TracingIT {
  private static final String TRACE_ID = GenerationEvents.TRACE.substring(3, 35);
  private static final String PRODUCERS_SPAN = GenerationEvents.TRACE.substring(36, 52);

  private final StagesUnderTest stages;
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final OpenTelemetrySdk telemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
          .build();
  private List<String> deployed;

  TracingIT(StagesUnderTest stages) {
    this.stages = stages;
  }

  @BeforeEach
  void deploy() {
    deployed = stages.tracedStages(telemetry).stream().map(stages::deploy).toList();
  }

  @AfterEach
  void undeploy() {
    deployed.forEach(stages::undeploy);
    telemetry.close();
  }

  @Test
  void a_result_is_the_grandchild_of_the_span_that_produced_its_step() {
    // Given
    GenerationStep step =
        GenerationEvents.step("traced", stages.model().draw("traced").steps().getFirst()).build();

    // When
    stages.kafka().send(List.of(GenerationEvents.record(step)));

    // Then
    ConsumerRecord<byte[], byte[]> features = first("traced.features");
    ConsumerRecord<byte[], byte[]> result = first("traced.attributions");
    SpanData gradient = spanNamedBy(features);
    SpanData scoring = spanNamedBy(result);
    assertThat(gradient.getName()).isEqualTo("process " + GenerationEvents.TOPIC);
    assertThat(scoring.getName()).isEqualTo("process traced.features");
    assertThat(gradient.getParentSpanId()).isEqualTo(PRODUCERS_SPAN);
    assertThat(scoring.getParentSpanId()).isEqualTo(gradient.getSpanId());
    assertThat(List.of(gradient, scoring))
        .allSatisfy(
            span -> {
              assertThat(span.getTraceId()).isEqualTo(TRACE_ID);
              assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
              assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            });
  }

  @Test
  void a_dead_letter_ends_its_trace_with_an_error_that_says_why() {
    GenerationStep step = GenerationStep.newBuilder().setGenerationId("traced-badly").build();

    stages.kafka().send(List.of(GenerationEvents.record(step)));

    await()
        .untilAsserted(
            () ->
                assertThat(spans.getFinishedSpanItems())
                    .anySatisfy(
                        span -> {
                          assertThat(span.getParentSpanId()).isEqualTo(PRODUCERS_SPAN);
                          assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
                          assertThat(span.getStatus().getDescription()).contains("model is ''");
                        }));
  }

  private ConsumerRecord<byte[], byte[]> first(String topic) {
    return stages
        .kafka()
        .await(topic, 1, record -> KafkaProbe.key(record).equals("traced"))
        .getFirst();
  }

  /** The one span that a record's headers name. */
  private SpanData spanNamedBy(ConsumerRecord<byte[], byte[]> record) {
    List<String> named = traceparents(record);
    assertThat(named).hasSize(1);
    return await()
        .until(
            () ->
                spans.getFinishedSpanItems().stream()
                    .filter(span -> traceparent(span).equals(named.getFirst()))
                    .toList(),
            found -> found.size() == 1)
        .getFirst();
  }

  private static List<String> traceparents(ConsumerRecord<byte[], byte[]> record) {
    return StreamSupport.stream(record.headers().headers("traceparent").spliterator(), false)
        .map(header -> new String(header.value(), UTF_8))
        .toList();
  }

  private static String traceparent(SpanData span) {
    return "00-%s-%s-01".formatted(span.getTraceId(), span.getSpanId());
  }
}
