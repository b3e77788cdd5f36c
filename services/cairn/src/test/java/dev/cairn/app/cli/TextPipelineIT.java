package dev.cairn.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.Example;
import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyArray;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.GenerationStep;
import dev.cairn.schemas.v1.GroupScore;
import dev.cairn.schemas.v1.Subject;
import dev.cairn.schemas.v1.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A text-conditional latent pipeline, as Hugging Face's exporters lay it out: compiled, indexed
 * from pictures with captions, and attributed over the stream with its conditioning in the records.
 */
class TextPipelineIT {

  private static final int STEPS = 3;
  private static final String INPUT = "encoder_hidden_states";

  @TempDir static Path directory;
  private static EmbeddedBroker broker;
  private static Path bundle;
  private static Path pictures;
  private static Path index;

  @BeforeAll
  static void compileAndIndex() throws IOException {
    bundle = TextPipeline.bundle(directory);
    pictures = TextPipeline.pictures(directory);
    index = directory.resolve("index");
    CommandRun.of("compile", bundle, "--dimension", 256).succeeded();
    CommandRun.of("index", bundle, "--data", pictures, "--out", index, "--timesteps", 2)
        .succeeded();
    broker = EmbeddedBroker.start(directory.resolve("broker"));
  }

  @AfterAll
  static void stopTheBroker() {
    broker.close();
  }

  @Test
  void the_index_names_pictures_and_their_classes() {
    try (AttributionIndex opened = AttributionIndex.open(index)) {
      assertThat(opened.examples())
          .hasSize(TextPipeline.PICTURES)
          .extracting(Example::id)
          .startsWith("blue/02.png")
          .endsWith("red/09.png");
      assertThat(opened.examples()).extracting(Example::label).contains("red", "green", "blue");
    }
  }

  @Test
  void steps_carry_their_conditioning_and_are_attributed_under_it() throws Exception {
    // Given
    Path config = config();
    Path log = directory.resolve("serve.txt");
    Process serve = ServeIT.startServe(config, log);
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.readString(log, UTF_8).contains("Serving text-latents"));

      // When
      CommandRun.of(
              "generate",
              bundle,
              "--config",
              config,
              "--steps",
              STEPS,
              "--count",
              2,
              "--prompt",
              "a red square",
              "--prompt",
              "a blue circle",
              "--guidance-scale",
              3)
          .succeeded();
      CommandRun watched =
          CommandRun.of(
                  "watch",
                  "--config",
                  config,
                  "--json",
                  "--from-beginning",
                  "--count",
                  2 * (STEPS + 1))
              .succeeded();

      // Then
      List<Attribution> results = attributions(watched);
      assertThat(results)
          .filteredOn(result -> result.getSubject() == Subject.STEP)
          .hasSize(2 * STEPS);
      assertThat(results)
          .allSatisfy(
              result ->
                  assertThat(result.getGroupsList())
                      .extracting(GroupScore::getGroup)
                      .containsExactlyInAnyOrder("red", "green", "blue"));
      Map<String, Tensor> sent = conditioningOfGenerations();
      assertThat(sent).hasSize(2);
      assertThat(sent.values())
          .allSatisfy(tensor -> assertThat(tensor.getShapeList()).containsExactly(8L, 16L))
          .doesNotHaveDuplicates();
    } finally {
      serve.destroy();
    }
    assertThat(serve.waitFor(30, TimeUnit.SECONDS)).as("stops in good order").isTrue();
  }

  @Test
  void scores_depend_on_the_prompt() {
    // Given
    Path latents = directory.resolve("latents.npy");
    CommandRun.of(
            "generate", bundle, "--out", latents, "--steps", STEPS, "--prompt", "a red square")
        .succeeded();
    assertThat(Npy.shape(latents)).containsExactly(1, 4, 8, 8);

    // When
    NpyArray red = score(latents, "--prompt", "a red square");
    NpyArray blue = score(latents, "--prompt", "a blue circle");

    // Then
    assertThat(red.shape()).containsExactly(1, TextPipeline.PICTURES);
    assertThat(red.data()).isNotEqualTo(blue.data());
  }

  @Test
  void pictures_with_captions_are_scored_as_they_are_indexed() {
    NpyArray scores = score(pictures);

    assertThat(scores.shape()).containsExactly(TextPipeline.PICTURES, TextPipeline.PICTURES);
    assertThat(mean(scores.data(), true)).isGreaterThan(mean(scores.data(), false));
  }

  /** The mean score of a picture for itself, or for others. */
  private static double mean(float[] scores, boolean own) {
    int n = TextPipeline.PICTURES;
    return IntStream.range(0, n * n)
        .filter(k -> (k / n == k % n) == own)
        .mapToDouble(k -> scores[k])
        .average()
        .orElseThrow();
  }

  @Test
  void a_conditional_model_says_that_it_needs_a_prompt() {
    CommandRun.of("generate", bundle, "--out", directory.resolve("x.npy"))
        .failedSaying(INPUT, "--prompt", "--conditioning");
  }

  private static NpyArray score(Path queries, Object... options) {
    Path out = directory.resolve("scores.npy");
    List<Object> all =
        new ArrayList<>(List.of("score", "--index", index, "--queries", queries, "--out", out));
    all.addAll(List.of(options));
    CommandRun.of(all.toArray()).succeeded();
    return Npy.readFloats(out);
  }

  private static Path config() throws IOException {
    return Files.writeString(
        directory.resolve("cairn.yaml"),
        """
        kafka:
          bootstrap-servers: %s
        models:
          - bundle: text-latents
            index: index
        gradient-stage:
          draws: 2
        scoring-stage:
          top: 3
        """
            .formatted(broker.bootstrapServers()));
  }

  private static List<Attribution> attributions(CommandRun watched)
      throws InvalidProtocolBufferException {
    List<Attribution> results = new ArrayList<>();
    for (String line : watched.out().lines().toList()) {
      Attribution.Builder result = Attribution.newBuilder();
      JsonFormat.parser().merge(line, result);
      results.add(result.build());
    }
    return results;
  }

  /** What the records of steps themselves hold, by generation. */
  private static Map<String, Tensor> conditioningOfGenerations()
      throws InvalidProtocolBufferException {
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "group.id",
            "look",
            "auto.offset.reset",
            "earliest");
    Map<String, Tensor> found = new HashMap<>();
    try (var consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of("cairn.generations"));
      int seen = 0;
      while (seen < 2 * (STEPS + 1)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          seen++;
          String type = new String(record.headers().lastHeader("ce_type").value(), UTF_8);
          if (type.contains(".step.")) {
            GenerationStep step = GenerationStep.parseFrom(record.value());
            found.put(step.getGenerationId(), step.getConditioningMap().get(INPUT));
          }
        }
      }
    }
    return found;
  }
}
