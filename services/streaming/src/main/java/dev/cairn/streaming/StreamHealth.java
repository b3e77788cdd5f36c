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
    COMMIT
  }

  private static final Logger log = LoggerFactory.getLogger(StreamHealth.class);

  private final String stage;
  private final Map<Part, String> problems = new ConcurrentSkipListMap<>();

  StreamHealth(String stage) {
    this.stage = stage;
  }

  /** Records a problem; logged when it is new, not each time it is met again. */
  void raise(Part part, String problem) {
    if (!problem.equals(problems.put(part, problem))) {
      log.atWarn().addKeyValue("stage", stage).addKeyValue("part", part).log("{}", problem);
    }
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
