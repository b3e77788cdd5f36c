package dev.cairn.load.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.BrokerListener;
import dev.cairn.broker.EmbeddedBroker;
import dev.cairn.broker.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real process under load that is stopped, or whose broker is slow, silent or not there. */
class LifecycleIT {

  private static final int GENERATIONS = 100;
  private static final int DRAIN_BOUND_SECONDS = 30;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir static Path directory;
  private static FaultProxy proxy;
  private static EmbeddedBroker broker;
  private static Scene scene;
  private static int runs;

  private Scene.Topics topics;
  private Path log;
  private Outcomes outcomes;
  private CairnProcess process;

  @BeforeAll
  static void startABroker() throws Exception {
    proxy = FaultProxy.listen();
    BrokerListener faulty = BrokerListener.behind(proxy);
    broker = EmbeddedBroker.start(null, List.of(faulty), Map.of());
    proxy.forwardTo(broker.port(faulty));
    scene = new Scene(directory);
    scene.prepare();
  }

  @AfterAll
  static void stopTheBroker() {
    broker.close();
    proxy.close();
  }

  @BeforeEach
  void makeTopics() {
    topics = new Scene.Topics("lifecycle-" + runs++);
    broker.createTopics(topics.partitions());
    outcomes = new Outcomes(broker.bootstrapServers(), topics);
    log = directory.resolve(topics.run() + ".log");
  }

  @AfterEach
  void endTheProcess() throws Exception {
    proxy.heal();
    if (process != null && process.alive()) {
      process.kill();
    }
    outcomes.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void sigterm_under_load_drains_within_its_bound_and_nothing_is_lost_or_done_twice(String delivery)
      throws Exception {
    // Given
    start(delivery);
    send();
    await().atMost(PATIENCE).until(() -> outcomes.attributed() > 20);

    // When
    boolean inTime = process.terminate(DRAIN_BOUND_SECONDS);
    int attributedThen = outcomes.attributed();
    process.start();

    // Then
    assertThat(inTime).isTrue();
    assertThat(attributedThen).as("there was more to do").isLessThan(expected());
    awaitAll();
    assertThat(outcomes.repeated()).isZero();
    assertThat(Files.readString(log))
        .contains("Stopping: finishing and committing what is in flight")
        .doesNotContain("Exception");
  }

  @Test
  void a_slow_broker_loses_nothing() throws Exception {
    // Given
    start("at-least-once");

    // When
    proxy.delay(Duration.ofMillis(20));
    send();

    // Then
    awaitAll();
  }

  @Test
  void a_broker_that_goes_away_under_load_is_reported_and_waited_for() throws Exception {
    // Given
    start("at-least-once");
    send();
    await().atMost(PATIENCE).until(() -> outcomes.attributed() > 20);

    // When
    proxy.refuse();
    await().atMost(PATIENCE).until(() -> Files.readString(log).contains("trying again: "));
    proxy.heal();

    // Then
    awaitAll();
    assertThat(Files.readString(log)).contains("Recovered");
  }

  @Test
  void a_broker_that_is_not_there_at_the_start_is_said_in_one_line() throws Exception {
    // Given
    Path config = scene.configuration("absent", "127.0.0.1:1", topics, "at-least-once");

    // When
    process = new CairnProcess(config, log);
    process.start();
    await().atMost(PATIENCE).until(() -> !process.alive());

    // Then
    assertThat(process.exitCode()).isEqualTo(1);
    assertThat(Files.readAllLines(log))
        .filteredOn(line -> line.startsWith("cairn: "))
        .singleElement()
        .asString()
        .contains("no Kafka broker answers at 127.0.0.1:1; check kafka.bootstrap-servers");
  }

  private void start(String delivery) throws IOException {
    process =
        new CairnProcess(
            scene.configuration(topics.run(), proxy.bootstrapServers(), topics, delivery), log);
    process.start();
    await()
        .atMost(PATIENCE)
        .failFast("the process ended, see " + log, () -> !process.alive())
        .until(() -> Files.readString(log).contains("Serving "));
  }

  private void send() throws Exception {
    try (Sender sender =
        new Sender(broker.bootstrapServers(), new Workload(topics.generations(), 1, 0))) {
      sender.send(GENERATIONS);
    }
  }

  /** One result a record and one of each generation's mean. */
  private static int expected() {
    return GENERATIONS * (Workload.RECORDS + 1);
  }

  private void awaitAll() throws IOException {
    try {
      await().atMost(PATIENCE).until(() -> outcomes.attributed() == expected());
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "%d results of %d%n%s%s"
              .formatted(
                  outcomes.attributed(),
                  expected(),
                  Census.text(Census.of(broker.bootstrapServers(), topics), GENERATIONS),
                  Files.readString(log)),
          e);
    }
    assertThat(outcomes.deadLettered()).isZero();
    assertThat(outcomes.differing()).isZero();
  }
}
