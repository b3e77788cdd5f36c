package dev.cairn.gateway.vitals;

import dev.cairn.gateway.feed.DeadLetter;
import dev.cairn.gateway.journeys.Result;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;

/**
 * How the pipeline is, in one sample a second over ten minutes; and the same as meters. Event loop
 * only.
 */
public final class Vitals {

  private static final int SAMPLES = 600;
  private static final int RECENT_DEAD_LETTERS = 50;

  private final MeterRegistry registry;
  private final IntSupplier subscribers;
  private final PipelineMeters pipeline;
  private final Counter results;
  private final Timer latency;
  private final long startedMillis = System.currentTimeMillis();
  private final LatencyWindow window = new LatencyWindow();
  private final Deque<JsonObject> samples = new ArrayDeque<>();
  private final Map<String, Long> deadLettersByClass = new TreeMap<>();
  private final Deque<DeadLetter> recentDeadLetters = new ArrayDeque<>();
  private int attributions;
  private int deadLetters;

  /**
   * @param registry where the stages of this process have their meters, if it runs any
   */
  public Vitals(MeterRegistry registry, IntSupplier subscribers) {
    this.registry = registry;
    this.subscribers = subscribers;
    this.pipeline = new PipelineMeters(registry);
    this.results =
        Counter.builder("cairn.gateway.attributions")
            .description("Attributions that arrived")
            .register(registry);
    this.latency =
        Timer.builder("cairn.gateway.latency.seconds")
            .description("From the production of a record to that of its attribution")
            .publishPercentileHistogram()
            // The bounds that the freshness objective is counted by.
            .serviceLevelObjectives(Duration.ofSeconds(1), Duration.ofSeconds(5))
            .minimumExpectedValue(Duration.ofMillis(1))
            .maximumExpectedValue(Duration.ofMinutes(5))
            .register(registry);
  }

  /** Takes note of a result. What was there before this gateway started is no news. */
  public void arrived(Result result) {
    if (result.producedMillis() < startedMillis) {
      return;
    }
    attributions++;
    results.increment();
    long sourceMicros = result.attribution().getSourceTimeMicros();
    if (sourceMicros > 0) {
      long millis = Math.max(0, result.producedMillis() - sourceMicros / 1000);
      window.record(millis);
      latency.record(Duration.ofMillis(millis));
    }
  }

  public void arrived(DeadLetter letter) {
    deadLettersByClass.merge(letter.deadLetterClass(), 1L, Long::sum);
    recentDeadLetters.addFirst(letter);
    if (recentDeadLetters.size() > RECENT_DEAD_LETTERS) {
      recentDeadLetters.removeLast();
    }
    if (letter.timeMillis() >= startedMillis) {
      deadLetters++;
      Counter.builder("cairn.gateway.dead.letters")
          .description("Dead letters that arrived, by class")
          .tag("class", letter.deadLetterClass())
          .register(registry)
          .increment();
    }
  }

  /** Ends a second. */
  public void tick() {
    JsonObject sample =
        new JsonObject()
            .put("second", System.currentTimeMillis() / 1000)
            .put("attributions", attributions)
            .put("deadLetters", deadLetters)
            .put("subscribers", subscribers.getAsInt());
    window.take().ifPresent(percentiles -> sample.put("latencyMillis", percentiles));
    pipeline.addTo(sample);
    attributions = 0;
    deadLetters = 0;
    samples.addLast(sample);
    if (samples.size() > SAMPLES) {
      samples.removeFirst();
    }
  }

  /** As {@code GET /v1/vitals} answers: samples after {@code second}. */
  public JsonObject since(long second) {
    JsonArray newer = new JsonArray();
    samples.stream().filter(sample -> sample.getLong("second") > second).forEach(newer::add);
    JsonObject byClass = new JsonObject();
    deadLettersByClass.forEach(byClass::put);
    JsonArray recent = new JsonArray();
    recentDeadLetters.stream().map(DeadLetter::json).forEach(recent::add);
    return new JsonObject()
        .put("samples", newer)
        .put("deadLetters", byClass)
        .put("recentDeadLetters", recent);
  }
}
