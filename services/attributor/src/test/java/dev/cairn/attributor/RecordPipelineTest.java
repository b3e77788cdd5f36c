package dev.cairn.attributor;

import static dev.cairn.schemas.v1.DeadLetterClass.WRONG_SHAPE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.schemas.v1.GenerationStep;
import dev.cairn.streaming.Outcome;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RecordPipelineTest {
  private static final EventCodec CODEC = new EventCodec("/cairn/test", PayloadLimits.DEFAULT);
  private static final List<ProducerRecord<byte[], byte[]>> NOTHING = List.of();

  private static final RecordTracing UNTRACED = new RecordTracing(OpenTelemetry.noop(), "test");

  private static Vertx vertx;
  private static WorkerExecutor workers;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    workers = vertx.createSharedWorkerExecutor("test", 2);
  }

  @AfterAll
  static void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
  }

  @Test
  void what_the_work_gives_is_emitted() throws Exception {
    var output = new ProducerRecord<byte[], byte[]>("out", new byte[] {1});
    RecordPipeline pipeline = pipeline(_ -> CompletableFuture.completedFuture(List.of(output)));

    assertThat(outcome(pipeline, step(0))).isEqualTo(new Outcome.Emit(List.of(output)));
  }

  @Test
  void an_unreadable_record_is_rejected_with_class_and_reason() throws Exception {
    RecordPipeline pipeline = pipeline(_ -> CompletableFuture.completedFuture(NOTHING));

    assertThat(outcome(pipeline, record("g", new byte[] {1, 2, 3})))
        .isInstanceOfSatisfying(
            Outcome.Reject.class,
            reject -> {
              assertThat(reject.deadLetterClass()).isEqualTo("malformed");
              assertThat(reject.reason()).contains("ce_type is missing");
            });
  }

  @Test
  void a_rejection_counts_whether_it_comes_at_once_or_later() throws Exception {
    var expected = new Outcome.Reject("wrong-shape", "latent");

    assertThat(
            outcome(
                pipeline(
                    _ -> {
                      throw new RejectedException(WRONG_SHAPE, "latent");
                    }),
                step(0)))
        .isEqualTo(expected);
    assertThat(
            outcome(
                pipeline(
                    _ ->
                        CompletableFuture.supplyAsync(() -> NOTHING)
                            .thenApply(
                                _ -> {
                                  throw new RejectedException(WRONG_SHAPE, "latent");
                                })),
                step(0)))
        .isEqualTo(expected);
  }

  @Test
  void any_other_failure_stays_a_failure_with_its_cause() {
    var broken = new IllegalStateException("out of disk");
    RecordPipeline pipeline = pipeline(_ -> CompletableFuture.failedFuture(broken));

    assertThat(pipeline.handle(step(0)).toCompletableFuture())
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .withCause(broken);
  }

  @Test
  void outcomes_of_a_generation_keep_its_order_while_work_overtakes() throws Exception {
    // Given
    List<CompletableFuture<List<ProducerRecord<byte[], byte[]>>>> work =
        List.of(new CompletableFuture<>(), new CompletableFuture<>());
    RecordPipeline pipeline = pipeline(e -> work.get(((GenerationStep) e.body()).getStep()));
    List<Integer> released = Collections.synchronizedList(new ArrayList<>());

    // When
    var first = pipeline.handle(step(0)).thenRun(() -> released.add(0));
    var second = pipeline.handle(step(1)).thenRun(() -> released.add(1));
    work.get(1).complete(NOTHING);
    work.get(0).complete(NOTHING);

    // Then
    CompletableFuture.allOf(first.toCompletableFuture(), second.toCompletableFuture())
        .get(10, SECONDS);
    assertThat(released).containsExactly(0, 1);
  }

  @Test
  void a_record_that_hangs_is_given_up_and_does_not_take_its_generation_along() throws Exception {
    // Given
    RecordPipeline pipeline =
        new RecordPipeline(
            CODEC,
            workers,
            e ->
                ((GenerationStep) e.body()).getStep() == 0
                    ? new CompletableFuture<>()
                    : CompletableFuture.completedFuture(NOTHING),
            Duration.ofMillis(300),
            UNTRACED);

    // When
    var hanging = pipeline.handle(step(0)).toCompletableFuture();
    var next = pipeline.handle(step(1)).toCompletableFuture();

    // Then
    assertThat(next.get(10, SECONDS)).isEqualTo(new Outcome.Emit(NOTHING));
    assertThat(hanging.get(10, SECONDS))
        .isEqualTo(
            new Outcome.Reject("timeout", "not finished within 300 ms, the deadline of a record"));
  }

  private static RecordPipeline pipeline(RecordPipeline.Work work) {
    return new RecordPipeline(CODEC, workers, work, Duration.ofMinutes(1), UNTRACED);
  }

  private static Outcome outcome(RecordPipeline pipeline, ConsumerRecord<byte[], byte[]> record)
      throws Exception {
    return pipeline.handle(record).toCompletableFuture().get(10, SECONDS);
  }

  private static ConsumerRecord<byte[], byte[]> step(int step) {
    var message = GenerationStep.newBuilder().setGenerationId("g").setStep(step).build();
    ProducerRecord<byte[], byte[]> sent =
        CODEC.encode("in", "g", message, 0, PayloadFormat.PROTOBUF, List.of());
    ConsumerRecord<byte[], byte[]> received = record("g", sent.value());
    sent.headers().forEach(received.headers()::add);
    return received;
  }

  private static ConsumerRecord<byte[], byte[]> record(String key, byte[] value) {
    return new ConsumerRecord<>(
        "in",
        0,
        0,
        0,
        TimestampType.CREATE_TIME,
        -1,
        -1,
        key.getBytes(UTF_8),
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}
