package dev.cairn.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.GenerationCompleted;
import dev.cairn.schemas.v1.GenerationStep;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PublishIT {

  private static final String PROTOBUF = "application/protobuf";
  private static final String JSON = "application/json";
  private static GatewayUnderTest gateway;

  @BeforeAll
  static void start() {
    GatewayLimits d = GatewayLimits.DEFAULT;
    gateway =
        GatewayUnderTest.start(
            new GatewayLimits(
                d.generations(),
                d.journeyBytes(),
                d.replayEvents(),
                d.replayBytes(),
                d.eventsBehind(),
                d.subscribers(),
                d.heartbeatMillis(),
                2,
                d.publishingBytes(),
                100_000,
                d.backlog()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static GenerationStep step(String generation) {
    return GenerationStep.newBuilder()
        .setGenerationId(generation)
        .setModel("toy")
        .setStep(3)
        .setStepCount(5)
        .setTimestep(300)
        .setLatent(Tensors.of(new float[4], 1, 2, 2))
        .build();
  }

  @Test
  void a_step_in_protobuf_reaches_the_topic() {
    GenerationStep step = step("by-protobuf");

    var response = gateway.post("/v1/steps", PROTOBUF, step.toByteArray());

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(published(response.body())).isEqualTo(step);
  }

  @Test
  void a_completion_in_json_reaches_the_topic() {
    String json =
        """
        {"generationId": "by-json", "model": "toy", "stepCount": 5,
         "image": {"dataType": "FP32", "shape": ["1", "1", "1"], "data": "AAAAAA=="}}
        """;

    var response = gateway.post("/v1/completions", JSON, json.getBytes(UTF_8));

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(published(response.body()))
        .isEqualTo(
            GenerationCompleted.newBuilder()
                .setGenerationId("by-json")
                .setModel("toy")
                .setStepCount(5)
                .setImage(Tensors.of(new float[1], 1, 1, 1))
                .build());
  }

  private static Object published(String answer) {
    JsonObject where = new JsonObject(answer);
    TopicPartition partition =
        new TopicPartition(where.getString("topic"), where.getInteger("partition"));
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", gateway.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, where.getLong("offset"));
      List<ConsumerRecord<byte[], byte[]>> records =
          Awaitility.await()
              .until(
                  () -> consumer.poll(Duration.ofMillis(200)).records(partition),
                  found -> !found.isEmpty());
      return new EventCodec("/test", PayloadLimits.DEFAULT).decode(records.getFirst()).body();
    }
  }

  @Test
  void a_misspelt_field_is_a_problem_that_names_it() {
    var response = gateway.post("/v1/steps", JSON, "{\"generationID\": \"x\"}".getBytes(UTF_8));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(new JsonObject(response.body()).getString("detail")).contains("generationID");
  }

  @Test
  void a_step_without_a_generation_is_refused() {
    var response = gateway.post("/v1/steps", PROTOBUF, step("").toByteArray());

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("generation_id is missing");
  }

  @Test
  void a_body_above_the_limit_is_refused() {
    var response = gateway.post("/v1/steps", PROTOBUF, new byte[100_001]);

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(new JsonObject(response.body()).getString("detail")).contains("100000");
  }

  @Test
  void another_media_type_is_refused() {
    var response = gateway.post("/v1/steps", "text/plain", "{}".getBytes(UTF_8));

    assertThat(response.statusCode()).isEqualTo(415);
  }

  @Test
  void too_much_in_flight_is_told_to_come_again_later() throws IOException {
    // Given: two requests whose bodies never end, which is all that is allowed
    try (Socket first = unfinished();
        Socket second = unfinished()) {
      // When
      var response =
          Awaitility.await()
              .until(
                  () -> gateway.post("/v1/steps", PROTOBUF, step("late").toByteArray()),
                  answer -> answer.statusCode() == 429);

      // Then
      assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(first.isConnected() && second.isConnected()).isTrue();
    }
    Awaitility.await()
        .until(
            () ->
                gateway.post("/v1/steps", PROTOBUF, step("late").toByteArray()).statusCode()
                    == 202);
  }

  private static Socket unfinished() throws IOException {
    Socket socket = new Socket("127.0.0.1", gateway.port());
    socket
        .getOutputStream()
        .write(
            "POST /v1/steps HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/protobuf\r\nContent-Length: 1000\r\n\r\nabc"
                .getBytes(UTF_8));
    return socket;
  }
}
