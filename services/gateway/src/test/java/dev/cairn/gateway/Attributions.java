package dev.cairn.gateway;

import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.ExampleScore;
import dev.cairn.schemas.v1.GroupScore;
import dev.cairn.schemas.v1.ScoreSummary;
import dev.cairn.schemas.v1.Subject;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Attributions as the scoring stage writes them. */
public final class Attributions {

  public static final int STEPS = 5;

  private static final EventCodec CODEC = new EventCodec("/cairn/scoring", PayloadLimits.DEFAULT);

  private Attributions() {}

  /** Of one step; the final image is step {@link #STEPS}. */
  public static Attribution of(String generation, int step) {
    return Attribution.newBuilder()
        .setResultId(generation + "." + step)
        .setGenerationId(generation)
        .setModel("toy")
        .setSubject(step < STEPS ? Subject.STEP : Subject.FINAL_IMAGE)
        .setStep(step)
        .setStepCount(STEPS)
        .setTimestep(Math.max(0, 900 - 200 * step))
        .addTopPositive(score(0, "bag", 2.5f))
        .addTopPositive(score(1, "boot", 0.5f))
        .addTopNegative(score(2, "bag", -1.5f))
        .setSummary(
            ScoreSummary.newBuilder()
                .setCount(3)
                .setSum(1.5)
                .setSumOfSquares(8.75)
                .setMin(-1.5f)
                .setMax(2.5f)
                .addAllHistogram(List.of(1, 0, 1, 1)))
        .addGroups(group("bag", 2, 1.0))
        .addGroups(group("boot", 1, 0.5))
        .setEstimate(Tensors.of(new float[] {-1, 0, 0.5f, 1}, 1, 2, 2))
        .putTags("prompt", "a bag")
        .setSourceTimeMicros(System.currentTimeMillis() * 1000 - 40_000)
        .build();
  }

  /** Of a part of one step: the upper half of the image, or the lower. */
  public static Attribution ofRegion(String generation, int step, boolean upper) {
    Attribution.Builder region = of(generation, step).toBuilder();
    String name = "masked-loss:" + (upper ? "00ff" : "ff00");
    region.getProvenanceBuilder().getFeaturesBuilder().setOutputFunction(name);
    return region
        .setResultId(region.getResultId() + name.replace(':', '.'))
        .setMask(Tensors.of(upper ? new float[] {1, 1, 0, 0} : new float[] {0, 0, 1, 1}, 2, 2))
        .build();
  }

  private static ExampleScore score(int index, String label, float score) {
    return ExampleScore.newBuilder()
        .setIndex(index)
        .setExampleId("%06d".formatted(index))
        .setLabel(label)
        .setScore(score)
        .build();
  }

  private static GroupScore group(String name, int members, double sum) {
    return GroupScore.newBuilder()
        .setGroup(name)
        .setMembers(members)
        .setSum(sum)
        .setMean(sum / members)
        .build();
  }

  /** As a record for a topic. */
  public static ProducerRecord<byte[], byte[]> record(String topic, Attribution attribution) {
    return CODEC.encode(
        topic,
        attribution.getGenerationId(),
        attribution,
        attribution.getSourceTimeMicros(),
        PayloadFormat.PROTOBUF,
        List.of());
  }
}
