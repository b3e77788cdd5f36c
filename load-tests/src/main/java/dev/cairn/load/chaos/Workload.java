package dev.cairn.load.chaos;

import com.google.protobuf.Message;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.GenerationCompleted;
import dev.cairn.schemas.v1.GenerationStep;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What producers send: generations one after another, and hostile records between them. Everything
 * follows from the seed, and timestamps from when the program began, so that two runs can be
 * compared bit for bit.
 *
 * @param topic where it goes
 * @param seed of everything
 * @param hostileShare share of hostile records among all
 */
record Workload(String topic, long seed, double hostileShare) {

  static final String MODEL = "fashion-16px";
  static final int STEPS = 3;
  static final int RECORDS = STEPS + 1;

  private static final int SIDE = 16;

  /**
   * One for both runs, and recent: by the timestamps of records a broker also decides whether it
   * still knows their producer, so that old ones would be taken twice after a restart.
   */
  private static final long START_MILLIS = System.currentTimeMillis();

  private static final EventCodec CODEC = new EventCodec("/chaos", PayloadLimits.DEFAULT);

  /** The records of generation {@code number}, in order. */
  List<ProducerRecord<byte[], byte[]>> generation(long number) {
    SplittableRandom random = new SplittableRandom(seed * 31 + number);
    String id = "chaos-" + number;
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      records.add(record(id, number, step(id, step, image(random), image(random))));
    }
    GenerationCompleted completed =
        GenerationCompleted.newBuilder()
            .setGenerationId(id)
            .setModel(MODEL)
            .setStepCount(STEPS)
            .setImage(Tensors.of(image(random), 1, SIDE, SIDE))
            .build();
    records.add(record(id, number, completed));
    return records;
  }

  /** The hostile records that follow generation {@code number}. */
  List<HostileRecords.Hostile> hostile(long number) {
    HostileRecords hostile =
        new HostileRecords(topic, step("good", 0, new float[256], new float[256]), seed);
    double perGeneration = RECORDS * hostileShare / (1 - hostileShare);
    List<HostileRecords.Hostile> records = new ArrayList<>();
    long first = (long) Math.floor(number * perGeneration);
    for (long i = first; i < (long) Math.floor((number + 1) * perGeneration); i++) {
      HostileRecords.Hostile record = hostile.of(i);
      // A record that may turn out good has no place in a count.
      records.add(
          record.kind().deadLetterClass().isPresent()
              ? record
              : hostile.of(HostileRecords.Kind.TRUNCATED, i));
    }
    return records;
  }

  private static GenerationStep step(String id, int step, float[] latent, float[] denoised) {
    return GenerationStep.newBuilder()
        .setGenerationId(id)
        .setModel(MODEL)
        .setStep(step)
        .setStepCount(STEPS)
        .setTimestep(900 - 400 * step)
        .setLatent(Tensors.of(latent, 1, SIDE, SIDE))
        .setDenoised(Tensors.of(denoised, 1, SIDE, SIDE))
        .putTags("prompt", "p-" + Math.floorMod(id.hashCode(), 4))
        .build();
  }

  private ProducerRecord<byte[], byte[]> record(String id, long number, Message message) {
    long millis = START_MILLIS + number;
    ProducerRecord<byte[], byte[]> encoded =
        CODEC.encode(topic, id, message, millis * 1000, PayloadFormat.PROTOBUF, List.of());
    return new ProducerRecord<>(
        topic, null, millis, encoded.key(), encoded.value(), encoded.headers());
  }

  private static float[] image(SplittableRandom random) {
    float[] image = new float[SIDE * SIDE];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.nextDouble(-1, 1);
    }
    return image;
  }
}
