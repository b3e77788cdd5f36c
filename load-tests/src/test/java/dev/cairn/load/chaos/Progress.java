package dev.cairn.load.chaos;

import java.util.ArrayList;
import java.util.List;

/**
 * When each result and each dead letter of a run came out, milliseconds by the broker's clock,
 * ascending. Topics must have the broker's timestamps ({@code LogAppendTime}).
 */
record Progress(long[] results, long[] deadLetters) {

  static Progress of(String bootstrapServers, Scene.Topics topics) {
    return new Progress(
        times(bootstrapServers, topics.attributions()),
        times(bootstrapServers, topics.deadLetters()));
  }

  /** Results a second, from the first to the last. */
  double resultsPerSecond() {
    return results.length / seconds(results);
  }

  double deadLettersPerSecond() {
    return deadLetters.length / seconds(deadLetters);
  }

  /**
   * How far the results fell behind the dead letters, at most: the share of all dead letters that
   * were out, minus the share of all results. 0 if results always came first, 1 if all of them came
   * after the last dead letter. Knows an order only, no duration.
   */
  double resultsBehind() {
    double behind = 0;
    int out = 0;
    for (int i = 0; i < deadLetters.length; i++) {
      while (out < results.length && results[out] <= deadLetters[i]) {
        out++;
      }
      behind = Math.max(behind, (i + 1.0) / deadLetters.length - (double) out / results.length);
    }
    return behind;
  }

  private static double seconds(long[] times) {
    return Math.max(1, times[times.length - 1] - times[0]) / 1e3;
  }

  private static long[] times(String bootstrapServers, String topic) {
    List<Long> times = new ArrayList<>();
    CommittedRecords.read(bootstrapServers, topic, record -> times.add(record.timestamp()));
    return times.stream().mapToLong(Long::longValue).sorted().toArray();
  }
}
