package dev.cairn.attributor.journeys;

import dev.cairn.attributor.StageState;
import dev.cairn.streaming.KafkaMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Averages features over whole generations, and over the generations of a tag in a time window, and
 * publishes the means as features, which the scoring stage treats like any other.
 *
 * <p>Always exactly once, whatever the other stages do: state and emitted means must not part, or a
 * crash between the two would lose a mean.
 */
public final class JourneyStage extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(JourneyStage.class);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);
  private static final Duration LONGEST_COMMIT = Duration.ofDays(1);

  private final JourneyOptions options;
  private final MeterRegistry meters;
  private final Time time;
  private volatile KafkaStreams streams;
  private volatile KafkaMeters clients;
  private volatile boolean stopping;

  public JourneyStage(JourneyOptions options, MeterRegistry meters) {
    this(options, meters, Time.SYSTEM);
  }

  /** With a clock that a test can set. */
  JourneyStage(JourneyOptions options, MeterRegistry meters, Time time) {
    this.options = options;
    this.meters = meters;
    this.time = time;
  }

  @Override
  public Future<?> start() {
    return vertx.executeBlocking(
        () -> {
          KafkaStreams starting =
              new KafkaStreams(JourneyTopology.of(options, meters), properties(options), time);
          starting.setUncaughtExceptionHandler(
              failure -> {
                log.atWarn()
                    .addKeyValue("group", options.group())
                    .setCause(log.isDebugEnabled() ? failure : null)
                    .log("Journeys begin again after a failure: {}", failure.toString());
                return StreamThreadExceptionResponse.REPLACE_THREAD;
              });
          starting.start();
          streams = starting;
          clients = KafkaMeters.ofStreams(meters, "journeys", starting::metrics);
          return null;
        });
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    return vertx.executeBlocking(
        () -> {
          if (clients != null) {
            clients.close();
          }
          return streams == null || streams.close(LONGEST_STOP);
        });
  }

  public StageState state() {
    KafkaStreams running = streams;
    if (running == null) {
      return StageState.STARTING;
    }
    if (stopping) {
      return running.state().hasCompletedShutdown() ? StageState.STOPPED : StageState.STOPPING;
    }
    return switch (running.state()) {
      case CREATED, REBALANCING -> StageState.STARTING;
      case RUNNING -> StageState.RUNNING;
      case ERROR, PENDING_ERROR -> StageState.UNHEALTHY;
      case PENDING_SHUTDOWN, NOT_RUNNING -> StageState.STOPPED;
    };
  }

  static Properties properties(JourneyOptions options) {
    Map<String, Object> all = new HashMap<>(options.clientProperties());
    all.put(StreamsConfig.APPLICATION_ID_CONFIG, options.group());
    all.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    all.putIfAbsent(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 500);
    all.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    // After a commit that timed out, Kafka Streams begins its tasks anew, but may still carry that
    // commit out: what is restored then lacks steps that are not read again. Rather wait.
    all.put(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_BLOCK_MS_CONFIG),
        LONGEST_COMMIT.toMillis());
    Properties properties = new Properties();
    properties.putAll(all);
    return properties;
  }
}
