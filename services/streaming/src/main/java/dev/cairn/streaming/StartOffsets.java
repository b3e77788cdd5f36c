package dev.cairn.streaming;

import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a partition is read from when the group has no offset for it, or one that the log no longer
 * has.
 *
 * <p>Why not leave that to the client? It goes on from the beginning or the end without a word.
 * What retention has deleted before anybody read it is lost, and that must be said and counted.
 */
final class StartOffsets {

  private static final Logger log = LoggerFactory.getLogger(StartOffsets.class);

  private final String stage;
  private final boolean fromTheEnd;
  private final StreamMetrics metrics;

  StartOffsets(StreamOptions options, StreamMetrics metrics) {
    this.stage = options.stage();
    this.fromTheEnd =
        "latest".equals(options.clientProperties().get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG));
    this.metrics = metrics;
  }

  /**
   * Seeks to where these partitions can be read from.
   *
   * @throws org.apache.kafka.common.KafkaException if the broker does not say in time where that is
   */
  void seek(Consumer<?, ?> consumer, InvalidOffsetException invalid) {
    Map<TopicPartition, Long> first =
        consumer.beginningOffsets(invalid.partitions(), PollLoop.WAIT_FOR_OFFSETS);
    Map<TopicPartition, Long> start =
        fromTheEnd ? consumer.endOffsets(invalid.partitions(), PollLoop.WAIT_FOR_OFFSETS) : first;
    if (invalid instanceof OffsetOutOfRangeException outOfRange) {
      outOfRange
          .offsetOutOfRangePartitions()
          .forEach((partition, wanted) -> tell(partition, wanted, first.get(partition)));
    }
    start.forEach(consumer::seek);
  }

  /**
   * Tells if a partition begins before what this process had committed of it.
   *
   * <p>Why not go on from there all the same? The group's offsets may have been set back on
   * purpose, or by a broker that lost the outputs as well: then only doing it again loses nothing.
   *
   * @param reached what was committed, if anything
   */
  void began(TopicPartition partition, long offset, OptionalLong reached) {
    long again = reached.orElse(offset) - offset;
    if (again > 0) {
      metrics.setBack(again);
      log.atWarn()
          .addKeyValue("stage", stage)
          .addKeyValue("partition", partition)
          .log(
              "Begins at offset {}, though {} was committed before: the group's offsets were set"
                  + " back, or the broker lost some; what lies between comes out again",
              offset,
              reached.getAsLong());
    }
  }

  private void tell(TopicPartition partition, long wanted, long first) {
    if (wanted < first) {
      metrics.deletedUnread(first - wanted);
      log.atError()
          .addKeyValue("stage", stage)
          .addKeyValue("partition", partition)
          .log(
              "Offsets {} to {} were deleted by the topic's retention before they were read; lengthen"
                  + " retention.ms or retention.bytes of the topic",
              wanted,
              first - 1);
    } else {
      log.atWarn()
          .addKeyValue("stage", stage)
          .addKeyValue("partition", partition)
          .log("The log ends before offset {}: it was cut, or its topic made anew", wanted);
    }
  }
}
