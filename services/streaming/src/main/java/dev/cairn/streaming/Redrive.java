package dev.cairn.streaming;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts dead letters back where they came from: key, value and headers as they were, on the same
 * partition, so that a generation's records stay together. The dead letters themselves stay in
 * their topic; putting one back twice processes it twice.
 */
public final class Redrive {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

  private final Map<String, Object> clientProperties;
  private final String deadLetterTopic;
  private final Set<String> sourceTopics;

  /**
   * @param clientProperties as {@link StreamOptions#clientProperties()}
   * @param sourceTopics the only topics that are written to; a header must not send a record
   *     anywhere else
   */
  public Redrive(
      Map<String, Object> clientProperties, String deadLetterTopic, Set<String> sourceTopics) {
    this.clientProperties = Map.copyOf(clientProperties);
    this.deadLetterTopic = deadLetterTopic;
    this.sourceTopics = Set.copyOf(sourceTopics);
  }

  /**
   * What was done.
   *
   * @param chosen how many dead letters were chosen, and put back unless it was a rehearsal
   * @param strangers how many records were no dead letters of a stage, or not whole, or of a topic
   *     that is not written to
   */
  public record Report(int chosen, int strangers) {}

  /**
   * Goes once over the dead letters that exist now.
   *
   * @param chosen which to put back
   * @param rehearsal only tell, put nothing back
   * @param listener is told each chosen one, in the order of the topic's partitions
   * @throws KafkaException if the broker refuses, or does not answer within 30 s; what was told to
   *     the listener before may have been put back
   */
  public Report run(
      Predicate<DeadLetter> chosen, boolean rehearsal, Consumer<DeadLetter> listener) {
    Map<String, Object> reading = ClientProperties.forReader(clientProperties);
    try (var consumer =
            new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Producer<byte[], byte[]> producer = rehearsal ? null : producer()) {
      return run(consumer, Optional.ofNullable(producer), chosen, listener);
    }
  }

  private Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        ClientProperties.forIdempotentProducer(clientProperties),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private Report run(
      KafkaConsumer<byte[], byte[]> consumer,
      Optional<Producer<byte[], byte[]>> producer,
      Predicate<DeadLetter> chosen,
      Consumer<DeadLetter> listener) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(deadLetterTopic).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    // What comes back as a dead letter while this runs is not taken up again.
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    int found = 0;
    int strangers = 0;
    List<Future<?>> sent = new ArrayList<>();
    long heard = System.nanoTime();
    while (unread(consumer, ends)) {
      for (ConsumerRecord<byte[], byte[]> received : consumer.poll(POLL)) {
        heard = System.nanoTime();
        if (received.offset() >= ends.get(partitionOf(received))) {
          continue;
        }
        Optional<DeadLetter> letter =
            DeadLetter.of(received).filter(l -> sourceTopics.contains(l.sourceTopic()));
        if (letter.isEmpty()) {
          strangers++;
        } else if (chosen.test(letter.get())) {
          found++;
          listener.accept(letter.get());
          producer.ifPresent(p -> sent.add(p.send(original(p, received, letter.get()))));
        }
      }
      if (System.nanoTime() - heard > LONGEST_SILENCE.toNanos()) {
        throw new TimeoutException("No answer from the broker while reading " + deadLetterTopic);
      }
    }
    producer.ifPresent(Producer::flush);
    sent.forEach(Redrive::await);
    return new Report(found, strangers);
  }

  private static boolean unread(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
  }

  private static ProducerRecord<byte[], byte[]> original(
      Producer<byte[], byte[]> producer,
      ConsumerRecord<byte[], byte[]> received,
      DeadLetter letter) {
    RecordHeaders headers = new RecordHeaders();
    for (Header header : received.headers()) {
      if (!header.key().startsWith(DeadLetter.HEADER_PREFIX)) {
        headers.add(header);
      }
    }
    // The topic may have fewer partitions than it had.
    boolean exists = letter.sourcePartition() < producer.partitionsFor(letter.sourceTopic()).size();
    return new ProducerRecord<>(
        letter.sourceTopic(),
        exists ? letter.sourcePartition() : null,
        null,
        received.key(),
        received.value(),
        headers);
  }

  private static TopicPartition partitionOf(ConsumerRecord<?, ?> received) {
    return new TopicPartition(received.topic(), received.partition());
  }

  private static void await(Future<?> sent) {
    try {
      sent.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
