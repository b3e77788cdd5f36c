package dev.cairn.attributor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.Example;
import dev.cairn.attribution.FeatureProvenance;
import dev.cairn.attribution.FeatureStore;
import dev.cairn.attribution.KernelFit;
import dev.cairn.attribution.KernelKind;
import dev.cairn.attribution.KernelOptions;
import dev.cairn.attribution.Progress;
import dev.cairn.attribution.ValidationEvidence;
import dev.cairn.attribution.ValidationEvidence.Lds;
import dev.cairn.attributor.events.Event;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.ExampleScore;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.GenerationStep;
import dev.cairn.schemas.v1.GroupScore;
import dev.cairn.schemas.v1.Subject;
import dev.cairn.streaming.FlowLimits;
import dev.cairn.streaming.StreamOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three examples with features (1,0), (0,2), (1,1) and the identity kernel: plain inner products.
 */
class ScoringWorkTest {
  private static final FeatureProvenance PROVENANCE =
      new FeatureProvenance("b1", "g1", "loss", 2, 1, 11, false, List.of(250, 750));

  @TempDir private static Path directory;
  private static AttributionIndex index;

  private final ScoringWork work = work(PayloadFormat.PROTOBUF);

  @BeforeAll
  static void build() {
    List<Example> examples =
        List.of(
            new Example("a", "boot", List.of(), "file:a.png", ""),
            Example.of("b", "bag"),
            Example.of("c", "boot"));
    try (FeatureStore store = FeatureStore.openOrResume(directory, PROVENANCE, examples, 3)) {
      store.write(0, new float[] {1, 0, 0, 2, 1, 1});
      store.finish();
    }
    KernelFit.fit(directory, new KernelOptions(KernelKind.IDENTITY, 0), Progress.none());
    AttributionIndex.record(
        directory,
        new ValidationEvidence(
            "gradient-dot", 48, 0.5, new Lds(0.4, 0.3, 0.5, 40), null, "report-digest"));
    index = AttributionIndex.open(directory);
  }

  @AfterAll
  static void close() {
    index.close();
  }

  @Test
  void the_strongest_are_named_on_both_sides() throws Exception {
    Attribution result = attribution(features(-1, 0.5f).build());

    assertThat(result.getTopPositiveList())
        .containsExactly(
            ExampleScore.newBuilder()
                .setIndex(1)
                .setExampleId("b")
                .setLabel("bag")
                .setScore(1)
                .build());
    assertThat(result.getTopNegativeList())
        .extracting(ExampleScore::getExampleId)
        .containsExactly("a", "c");
    assertThat(result.getTopNegative(0).getUri()).isEqualTo("file:a.png");
  }

  @Test
  void all_scores_are_summed_up_overall_and_by_label() throws Exception {
    Attribution result = attribution(features(1, 2).build());

    assertThat(result.getSummary().getCount()).isEqualTo(3);
    assertThat(result.getSummary().getSum()).isEqualTo(8);
    assertThat(result.getSummary().getSumOfSquares()).isEqualTo(26);
    assertThat(result.getSummary().getMin()).isEqualTo(1);
    assertThat(result.getSummary().getMax()).isEqualTo(4);
    assertThat(result.getGroupsList())
        .containsExactly(
            GroupScore.newBuilder().setGroup("bag").setMembers(1).setSum(4).setMean(4).build(),
            GroupScore.newBuilder().setGroup("boot").setMembers(2).setSum(4).setMean(2).build());
  }

  @Test
  void what_retraining_said_of_such_scores_is_carried_along() throws Exception {
    var evidence = attribution(features(1, 2).build()).getProvenance().getValidation();

    assertThat(evidence.getMethod()).isEqualTo("gradient-dot");
    assertThat(evidence.getSubsets()).isEqualTo(48);
    assertThat(evidence.getGenerated().getMean()).isEqualTo(0.4);
    assertThat(evidence.getGenerated().getQueries()).isEqualTo(40);
    assertThat(evidence.hasHeldOut()).isFalse();
    assertThat(evidence.getReportSha256()).isEqualTo("report-digest");
  }

  @Test
  void what_the_features_carry_is_copied() throws Exception {
    Features features =
        features(1, 2)
            .setEstimate(Tensors.of(new float[] {5}, 1))
            .putTags("user", "u")
            .setSourceTimeMicros(1234)
            .build();

    Attribution result = attribution(features);

    assertThat(result.getEstimate()).isEqualTo(features.getEstimate());
    assertThat(result.getTagsMap()).isEqualTo(features.getTagsMap());
    assertThat(result.getSourceTimeMicros()).isEqualTo(1234);
    assertThat(result.getProvenance().getFeatures()).isEqualTo(features.getProvenance());
    assertThat(result.getProvenance().getIndexDigest()).isEqualTo(index.digest());
    assertThat(result.getProvenance().getKernel()).isEqualTo("identity");
    assertThat(result.getProvenance().getExamples()).isEqualTo(3);
  }

  @Test
  void the_result_id_is_stable_and_its_own() throws Exception {
    String id = attribution(features(1, 2).build()).getResultId();

    assertThat(id).matches("[0-9a-f]{32}");
    assertThat(attribution(features(1, 2).build()).getResultId()).isEqualTo(id);
    assertThat(attribution(features(1, 2).setStep(4).build()).getResultId()).isNotEqualTo(id);
    assertThat(attribution(features(1, 2).setSubject(Subject.FINAL_IMAGE).build()).getResultId())
        .isNotEqualTo(id);
  }

  @Test
  void results_can_be_json() throws Exception {
    ProducerRecord<byte[], byte[]> record =
        work(PayloadFormat.JSON)
            .begin(event(features(1, 2).build()))
            .toCompletableFuture()
            .get()
            .getFirst();

    assertThat(new String(record.headers().lastHeader("content-type").value(), UTF_8))
        .isEqualTo("application/json");
    assertThat(new String(record.value(), UTF_8))
        .startsWith("{")
        .contains("\"generationId\":\"g\"", "\"exampleId\":\"b\"", "\"subject\":\"STEP\"");
  }

  @Test
  void features_of_an_unknown_model_are_refused() {
    assertRejected(
        features(1, 2).setModel("sd-15").build(),
        "unknown-bundle",
        "model is 'sd-15'; this process holds an index for fashion-16px");
  }

  @Test
  void features_of_other_provenance_are_refused_naming_both() {
    Features.Builder features = features(1, 2);
    features.getProvenanceBuilder().setBundleDigest("b2");

    assertRejected(features.build(), "provenance-mismatch", "bundle digest b1 is not b2");
  }

  @Test
  void features_without_provenance_are_refused() {
    assertRejected(features(1, 2).clearProvenance().build(), "malformed", "provenance");
  }

  @Test
  void a_vector_of_another_length_is_refused() {
    assertRejected(
        features(1, 2).setFeatures(Tensors.of(new float[3], 3)).build(),
        "wrong-shape",
        "features: expected shape [2], got [3]");
  }

  @Test
  void a_vector_that_is_not_finite_is_refused() {
    assertRejected(
        features(1, Float.NEGATIVE_INFINITY).build(),
        "not-finite",
        "features: element [1] is -Infinity");
  }

  @Test
  void features_must_say_of_what_they_speak() {
    assertRejected(
        features(1, 2).clearSubject().build(), "malformed", "subject is 0; expected STEP");
    assertRejected(features(1, 2).clearGenerationId().build(), "malformed", "generation_id");
  }

  @Test
  void another_message_is_refused() {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> work.begin(new Event(GenerationStep.getDefaultInstance(), 0, List.of())))
        .withMessage("a GenerationStep; expected Features");
  }

  private Attribution attribution(Features features)
      throws InvalidProtocolBufferException, Exception {
    return Attribution.parseFrom(
        work.begin(event(features)).toCompletableFuture().get().getFirst().value());
  }

  private void assertRejected(Features features, String wireClass, String inReason) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> work.begin(event(features)))
        .returns(wireClass, RejectedException::wireClass)
        .satisfies(e -> assertThat(e.getMessage()).contains(inReason));
  }

  private static Event event(Features features) {
    return new Event(features, 0, List.of());
  }

  private static Features.Builder features(float... values) {
    return Features.newBuilder()
        .setGenerationId("g")
        .setModel("fashion-16px")
        .setSubject(Subject.STEP)
        .setStep(3)
        .setStepCount(5)
        .setTimestep(400)
        .setProvenance(Provenances.toWire(PROVENANCE))
        .setFeatures(Tensors.of(values, values.length));
  }

  private static ScoringWork work(PayloadFormat format) {
    var stream =
        new StreamOptions(
            Map.of("bootstrap.servers", "nowhere:9092"),
            "group",
            List.of("cairn.features"),
            "cairn.dead-letters",
            FlowLimits.defaults(),
            Duration.ofSeconds(1),
            "score");
    var options =
        new ScoringOptions(
            stream,
            "cairn.attributions",
            1,
            10,
            format,
            ScoringOptions.DEFAULT_DEADLINE,
            PayloadLimits.DEFAULT);
    return new ScoringWork(
        options,
        Map.of("fashion-16px", index),
        new EventCodec("/cairn/score", PayloadLimits.DEFAULT),
        new SimpleMeterRegistry());
  }
}
