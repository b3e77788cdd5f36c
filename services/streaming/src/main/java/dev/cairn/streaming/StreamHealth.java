package dev.cairn.streaming;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What keeps a stream from doing its work, by the part that found it. Safe for any thread. */
final class StreamHealth {

  /** In the order in which a reader wants to hear of them. */
  enum Part {
    STREAM,
    PUBLISH,
    POLL,
    COMMIT,
    BROKER
  }

  private static final Logger log = LoggerFactory.getLogger(StreamHealth.class);

  private final String stage;
  private final Map<Part, String> problems = new ConcurrentSkipListMap<>();

  StreamHealth(String stage) {
    this.stage = stage;
  }

  /**
   * Records a problem; logged when it is new, not each time it is met again. Numbers make no new
   * problem of it: Kafka tells of each partition, and how many milliseconds passed.
   */
  void raise(Part part, String problem) {
    String before = problems.put(part, problem);
    if (before == null || !withoutNumbers(problem).equals(withoutNumbers(before))) {
      log.atWarn().addKeyValue("stage", stage).addKeyValue("part", part).log("{}", problem);
    }
  }

  private static String withoutNumbers(String problem) {
    return problem.replaceAll("\\d+", "");
  }

  void clear(Part part) {
    if (problems.remove(part) != null) {
      log.atInfo().addKeyValue("stage", stage).addKeyValue("part", part).log("Recovered");
    }
  }

  Optional<String> problem() {
    return problems.values().stream().findFirst();
  }
}
