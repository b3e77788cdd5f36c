package dev.cairn.gateway;

import static dev.cairn.gateway.Attributions.STEPS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.schemas.v1.Attribution;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class JourneyIT {

  private static GatewayUnderTest gateway;

  @BeforeAll
  static void start() {
    gateway = GatewayUnderTest.start();
    gateway.attribute(journey("first"));
    gateway.attribute(journey("second").subList(0, 2));
    await().until(() -> size("first") == STEPS + 1 && size("second") == 2);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static List<Attribution> journey(String generation) {
    return IntStream.rangeClosed(0, STEPS)
        .mapToObj(step -> Attributions.of(generation, step))
        .toList();
  }

  private static int size(String generation) {
    var response = gateway.get("/v1/generations/" + generation);
    return response.statusCode() == 200
        ? new JsonObject(response.body()).getJsonArray("results").size()
        : 0;
  }

  @Test
  void a_journey_lists_its_results_in_the_order_of_steps() {
    JsonObject journey = gateway.json("/v1/generations/first");

    List<Integer> steps =
        journey.getJsonArray("results").stream()
            .map(result -> ((JsonObject) result).getInteger("step"))
            .toList();
    assertThat(steps).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(journey.getJsonObject("generation").getBoolean("complete")).isTrue();
    assertThat(journey.getJsonArray("results").getJsonObject(0).containsKey("estimate")).isFalse();
  }

  @Test
  void a_replayed_result_is_shown_once() {
    gateway.attribute(List.of(Attributions.of("second", 1), Attributions.of("marker", 0)));

    await().until(() -> size("marker") == 1);
    assertThat(size("second")).isEqualTo(2);
  }

  @Test
  void generations_tell_where_they_stand() {
    JsonObject list = gateway.json("/v1/generations?limit=500");

    JsonObject second =
        list.getJsonArray("generations").stream()
            .map(JsonObject.class::cast)
            .filter(g -> g.getString("generationId").equals("second"))
            .findFirst()
            .orElseThrow();
    assertThat(second.getInteger("step")).isEqualTo(1);
    assertThat(second.getBoolean("complete")).isFalse();
    assertThat(second.getJsonObject("tags").getString("prompt")).isEqualTo("a bag");
  }

  @Test
  void a_result_is_complete_and_its_estimate_a_picture() throws IOException {
    assertThat(gateway.json("/v1/results/first.0").getJsonObject("estimate").getString("data"))
        .isNotEmpty();

    var picture = gateway.bytes("/v1/results/first.0/estimate.png");

    assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/png");
    var image = ImageIO.read(new ByteArrayInputStream(picture.body()));
    assertThat(image.getRaster().getPixels(0, 0, 2, 2, (int[]) null))
        .containsExactly(0, 128, 191, 255);
  }

  @Test
  void an_example_tells_where_it_was_among_the_strongest() throws IOException {
    JsonObject answer = gateway.json("/v1/models/toy/examples/2");

    assertThat(answer.getJsonObject("example").getString("label")).isEqualTo("bag");
    JsonObject first =
        answer.getJsonArray("influence").stream()
            .map(JsonObject.class::cast)
            .filter(i -> i.getString("generationId").equals("first"))
            .findFirst()
            .orElseThrow();
    assertThat(first.getJsonArray("scores")).hasSize(STEPS + 1);
    assertThat(first.getJsonArray("scores").getJsonObject(0).getFloat("score")).isEqualTo(-1.5f);
    var image =
        ImageIO.read(
            new ByteArrayInputStream(gateway.bytes("/v1/models/toy/examples/2/image.png").body()));
    assertThat(image.getWidth()).isEqualTo(2);
  }

  @Test
  void groups_tell_their_mean_influence() {
    JsonObject groups = gateway.json("/v1/models/toy/groups");

    JsonObject bag = groups.getJsonArray("groups").getJsonObject(0);
    assertThat(bag.getString("group")).isEqualTo("bag");
    assertThat(bag.getInteger("members")).isEqualTo(2);
    assertThat(bag.getDouble("meanSum")).isEqualTo(1.0);
  }

  @Test
  void examples_are_listed_by_label() {
    JsonObject boots = gateway.json("/v1/models/toy/examples?label=boot");

    assertThat(boots.getInteger("total")).isEqualTo(1);
    assertThat(boots.getJsonArray("examples").getJsonObject(0).getInteger("index")).isEqualTo(1);
  }

  @Test
  void a_dead_letter_is_counted_and_shown_with_its_reason() {
    var letter =
        new ProducerRecord<>(gateway.topic("dead-letters"), "lost".getBytes(UTF_8), new byte[1]);
    letter.headers().add("cairn_class", "wrong-shape".getBytes(UTF_8));
    letter.headers().add("cairn_reason", "latent: expected [1, 2, 2]".getBytes(UTF_8));

    gateway.send(letter);

    await()
        .untilAsserted(
            () -> {
              JsonObject vitals = gateway.json("/v1/vitals");
              assertThat(vitals.getJsonObject("deadLetters").getInteger("wrong-shape")).isOne();
              assertThat(
                      vitals.getJsonArray("recentDeadLetters").getJsonObject(0).getString("reason"))
                  .startsWith("latent");
            });
  }

  @Test
  void vitals_tell_throughput_and_latency() {
    await()
        .untilAsserted(
            () -> {
              var samples = gateway.json("/v1/vitals").getJsonArray("samples");
              assertThat(samples.stream().map(JsonObject.class::cast))
                  .anyMatch(s -> s.containsKey("latencyMillis"));
            });
  }
}
