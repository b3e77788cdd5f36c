package dev.cairn.app.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.app.CommandFailure;
import dev.cairn.app.config.TopicNames;
import dev.cairn.app.events.TopicReader;
import dev.cairn.attribution.Example;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.runtime.TrainingData;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Subject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads the results of a run until all have arrived, and hands them to a presenter. */
final class Results {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final long LONGEST_SILENCE_NANOS = Duration.ofSeconds(60).toNanos();

  private final EventCodec codec = new EventCodec("/cairn/demo", PayloadLimits.DEFAULT);
  private final TopicNames topics;
  private final Presenter presenter;
  private final Map<String, Integer> generations = new HashMap<>();
  private final ClassVote vote;
  private final double chance;
  private final Tally tally;

  Results(DemoOptions options, TopicNames topics, Presenter presenter, TrainingData data) {
    this.topics = topics;
    this.presenter = presenter;
    for (int i = 0; i < options.generations(); i++) {
      generations.put(options.generationId(i), i);
    }
    List<String> labels = data.examples().stream().map(Example::label).toList();
    this.vote =
        new ClassVote(IntStream.range(0, data.size()).mapToObj(data::image).toList(), labels);
    this.chance = chance(labels);
    this.tally = new Tally(options.expectedResults());
  }

  /** The share that examples picked at random would have, were all classes drawn equally often. */
  private static double chance(List<String> labels) {
    return 1.0
        / labels.stream()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
            .size();
  }

  /**
   * Returns when all results have arrived and been shown.
   *
   * @throws CommandFailure if a record became a dead letter or nothing arrives for a minute
   */
  void collect(TopicReader reader, Drawing drawing) {
    presenter.opening();
    long heard = System.nanoTime();
    while (!tally.complete()) {
      for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
        heard = System.nanoTime();
        if (record.topic().equals(topics.deadLetters())) {
          throw new CommandFailure("a record could not be processed: " + reason(record));
        }
        if (take(record)) {
          drawing.resultArrived();
        }
      }
      drawing.throwIfFailed();
      if (System.nanoTime() - heard > LONGEST_SILENCE_NANOS) {
        throw new CommandFailure(
            "%d of %d attributions arrived, then none for %d s; run again with --verbose for why"
                .formatted(
                    tally.count(),
                    tally.expected(),
                    Duration.ofNanos(LONGEST_SILENCE_NANOS).toSeconds()));
      }
    }
    presenter.summary(tally, chance);
  }

  private boolean take(ConsumerRecord<byte[], byte[]> record) {
    if (!(codec.decode(record).body() instanceof Attribution attribution)) {
      return false;
    }
    Integer generation = generations.get(attribution.getGenerationId());
    if (generation == null || !tally.add(attribution, System.currentTimeMillis() * 1000)) {
      return false;
    }
    if (attribution.getSubject() == Subject.FINAL_IMAGE) {
      int[] shape =
          attribution.getEstimate().getShapeList().stream().mapToInt(Long::intValue).toArray();
      String imageClass = vote.of(Tensors.floats("estimate", attribution.getEstimate(), shape));
      double share = tally.addFinal(attribution, imageClass);
      presenter.finalImage(generation, attribution, imageClass, share);
    } else {
      presenter.step(generation, attribution);
    }
    return true;
  }

  private static String reason(ConsumerRecord<byte[], byte[]> deadLetter) {
    return header(deadLetter, "cairn_class") + ", " + header(deadLetter, "cairn_reason");
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "?" : new String(header.value(), UTF_8);
  }
}
