package dev.cairn.load.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.DataType;
import dev.cairn.schemas.v1.GenerationStep;
import dev.cairn.schemas.v1.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Records that a careless or a malicious producer might send, made from a good step. Record number
 * {@code i} of a seed is always the same.
 */
public final class HostileRecords {

  /** What is wrong with a record. */
  public enum Kind {
    TRUNCATED("malformed"),
    EMPTY("malformed"),
    TOMBSTONE("malformed"),
    NOISE("malformed"),
    UNKNOWN_TYPE("malformed"),
    UNKNOWN_CONTENT("malformed"),
    DEEP_JSON("malformed"),
    WIDE_JSON("malformed"),
    TRUNCATED_JSON("malformed"),
    /** A number where a tensor belongs, or a text where a number does. */
    WRONG_TYPE_JSON("malformed"),
    MISSPELT_JSON("malformed"),
    /** A field that says it is two gigabytes long. */
    HUGE_LENGTH("malformed"),
    /** Messages in messages, a thousand deep. */
    DEEP_PROTOBUF("malformed"),
    OFF_SCHEDULE("malformed"),
    SHORT_TENSOR("malformed"),
    GIANT_SHAPE("wrong-shape"),
    OTHER_SHAPE("wrong-shape"),
    NOT_A_NUMBER("not-finite"),
    NOT_A_NUMBER_JSON("not-finite"),
    UNKNOWN_MODEL("unknown-bundle"),
    /** A few kilobytes on the wire, 20 MiB once the batch is decompressed. */
    INFLATED("too-large"),
    /** Flipped anywhere: may still be a good step, or be wrong in any way. */
    BIT_FLIPPED(null);

    private final String deadLetterClass;

    Kind(String deadLetterClass) {
      this.deadLetterClass = deadLetterClass;
    }

    /** The class of the dead letter that must become of it; empty where that depends. */
    public Optional<String> deadLetterClass() {
      return Optional.ofNullable(deadLetterClass);
    }
  }

  /** A hostile record. Its key names its kind and number, and nothing else has that key. */
  public record Hostile(Kind kind, ProducerRecord<byte[], byte[]> record) {}

  private static final int INFLATED_BYTES = 20 << 20;
  private static final int DEPTH = 1000;
  private static final EventCodec CODEC = new EventCodec("/hostile", PayloadLimits.DEFAULT);

  private final String topic;
  private final GenerationStep good;
  private final long seed;

  public HostileRecords(String topic, GenerationStep good, long seed) {
    this.topic = topic;
    this.good = good;
    this.seed = seed;
  }

  /** Of any kind. */
  public Hostile of(long number) {
    Kind[] kinds = Kind.values();
    Kind kind = kinds[random(number).nextInt(kinds.length)];
    // Slow to make, and slower to compress.
    return of(kind == Kind.INFLATED && number % 10 != 0 ? Kind.TRUNCATED : kind, number);
  }

  /** Of this kind. */
  public Hostile of(Kind kind, long number) {
    SplittableRandom random = random(number);
    String id = "hostile-%s-%d".formatted(kind, number);
    GenerationStep step = good.toBuilder().setGenerationId(id).build();
    ProducerRecord<byte[], byte[]> record =
        switch (kind) {
          case TRUNCATED -> {
            // Inside the latent, whose bytes end behind the first third.
            byte[] whole = payload(step);
            yield with(id, step, Arrays.copyOf(whole, 64 + random.nextInt(whole.length / 4)));
          }
          case EMPTY -> with(id, step, new byte[0]);
          case TOMBSTONE -> with(id, step, null);
          case NOISE -> {
            byte[] noise = new byte[1 + random.nextInt(4096)];
            random.nextBytes(noise);
            noise[0] = (byte) 0xff; // wire type 7, which does not exist
            yield with(id, step, noise);
          }
          case UNKNOWN_TYPE -> header(with(id, step, payload(step)), "ce_type", "dev.cairn.other");
          case UNKNOWN_CONTENT ->
              header(with(id, step, payload(step)), "content-type", "image/png");
          case DEEP_JSON -> json(id, step, "[".repeat(100_000));
          case WIDE_JSON -> json(id, step, "{\"a\":[" + "0,".repeat(200_000) + "0]}");
          case TRUNCATED_JSON -> {
            String whole = json(step);
            yield json(id, step, whole.substring(0, 1 + random.nextInt(whole.length() - 1)));
          }
          case WRONG_TYPE_JSON ->
              json(
                  id,
                  step,
                  random.nextInt(2) == 0
                      ? json(step).replaceFirst("\"latent\":\\s*\\{", "\"latent\":7,\"denoised\":{")
                      : json(step).replaceFirst("\"timestep\":\\s*\\d+", "\"timestep\":\"late\""));
          case MISSPELT_JSON -> json(id, step, json(step).replaceFirst("latent", "latentt"));
          case HUGE_LENGTH -> with(id, step, new byte[] {0x0a, -1, -1, -1, -1, 7, 1});
          case DEEP_PROTOBUF -> {
            byte[] groups = new byte[DEPTH];
            Arrays.fill(groups, (byte) 0x7b); // field 15, a group begins
            yield with(id, step, groups);
          }
          case OFF_SCHEDULE -> encoded(step.toBuilder().setTimestep(1 << 20).build());
          case SHORT_TENSOR ->
              encoded(
                  latent(
                      step,
                      step.getLatent().toBuilder()
                          .setData(ByteString.copyFrom(new byte[random.nextInt(1000)]))));
          case GIANT_SHAPE ->
              encoded(
                  latent(
                      step,
                      step.getLatent().toBuilder()
                          .clearShape()
                          .addAllShape(List.of(1L << 40, 1L << 40, 1L << 40))));
          case OTHER_SHAPE ->
              encoded(latent(step, Tensors.of(new float[3 * 8 * 8], 3, 8, 8).toBuilder()));
          case NOT_A_NUMBER -> encoded(notANumber(step, random));
          case NOT_A_NUMBER_JSON -> json(id, step, json(notANumber(step, random)));
          case UNKNOWN_MODEL -> encoded(step.toBuilder().setModel("no-such-model").build());
          case INFLATED -> with(id, step, new byte[INFLATED_BYTES]);
          case BIT_FLIPPED -> {
            byte[] flipped = payload(step);
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
              flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            }
            yield with(id, step, flipped);
          }
        };
    return new Hostile(kind, record);
  }

  private SplittableRandom random(long number) {
    return new SplittableRandom(seed * 0x9e3779b97f4a7c15L + number);
  }

  private static GenerationStep notANumber(GenerationStep step, SplittableRandom random) {
    byte[] data = step.getLatent().getData().toByteArray();
    int element = random.nextInt(data.length / 4);
    data[4 * element + 2] = (byte) 0xc0;
    data[4 * element + 3] = 0x7f;
    return latent(
        step,
        step.getLatent().toBuilder().setDataType(DataType.FP32).setData(ByteString.copyFrom(data)));
  }

  private static String json(GenerationStep step) {
    return new String(PayloadFormat.JSON.write(step), UTF_8);
  }

  private static GenerationStep latent(GenerationStep step, Tensor.Builder latent) {
    return step.toBuilder().setLatent(latent).build();
  }

  private static byte[] payload(GenerationStep step) {
    return PayloadFormat.PROTOBUF.write(step);
  }

  private ProducerRecord<byte[], byte[]> encoded(GenerationStep step) {
    return CODEC.encode(topic, step.getGenerationId(), step, 0, PayloadFormat.PROTOBUF, List.of());
  }

  /** The step's headers before another payload. */
  private ProducerRecord<byte[], byte[]> with(String id, GenerationStep step, byte[] payload) {
    return new ProducerRecord<>(topic, null, id.getBytes(UTF_8), payload, encoded(step).headers());
  }

  private ProducerRecord<byte[], byte[]> json(String id, GenerationStep step, String json) {
    return header(with(id, step, json.getBytes(UTF_8)), "content-type", "application/json");
  }

  private static ProducerRecord<byte[], byte[]> header(
      ProducerRecord<byte[], byte[]> record, String name, String value) {
    record.headers().remove(name).add(name, value.getBytes(UTF_8));
    return record;
  }
}
