package dev.cairn.attributor.journeys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Set;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** One record {@code TAG=VALUE} → generation for every tag that means are wanted of. */
final class TagKeys extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
  private final FeatureRecords records;
  private final Set<String> tags;

  TagKeys(FeatureRecords records, Set<String> tags) {
    this.records = records;
    this.tags = tags;
  }

  /** A generation of which steps are missing would count for more than it is. */
  @Override
  public void process(Record<byte[], byte[]> trajectory) {
    records
        .read(trajectory)
        .filter(vector -> !vector.features().getIncomplete())
        .ifPresent(
            vector -> {
              for (String tag : tags) {
                if (vector.features().containsTags(tag)) {
                  String key = tag + "=" + vector.features().getTagsOrThrow(tag);
                  context().forward(trajectory.withKey(key.getBytes(UTF_8)));
                }
              }
            });
  }
}
