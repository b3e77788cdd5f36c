package dev.cairn.load.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.cairn.broker.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real process whose broker's disk fills up, so that the broker gives up, and has space again.
 */
class FullBrokerDiskIT {

  private static final int MEBIBYTES = 256;

  /**
   * So many a second that some are in work whenever the broker dies: an idle stage has nothing to
   * say.
   */
  private static final double RATE = 150;

  private static final Duration SENDING = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"at-least-once", "exactly-once"})
  void it_is_said_in_a_line_and_nothing_is_lost(String delivery) throws Exception {
    try (SmallDisk disk = disk();
        FaultProxy calm = FaultProxy.listen();
        FaultProxy proxy = FaultProxy.listen();
        BrokerProcess broker =
            new BrokerProcess(
                disk.launcher(),
                disk.path().resolve("broker"),
                directory.resolve("broker.log"),
                calm,
                proxy)) {
      // Given
      Scene scene = new Scene(directory);
      scene.prepare();
      Scene.Topics topics = new Scene.Topics("disk");
      broker.start();
      topics.create(calm.bootstrapServers());
      Path log = directory.resolve("serve.log");
      CairnProcess process =
          new CairnProcess(
              scene.configuration("disk", proxy.bootstrapServers(), topics, delivery), log);
      try (Outcomes outcomes = new Outcomes(calm.bootstrapServers(), topics);
          Sender sender =
              new Sender(calm.bootstrapServers(), new Workload(topics.generations(), 1, 0))) {
        process.start();
        sender.startAt(RATE, System.nanoTime() + SENDING.toNanos());
        await().atMost(PATIENCE).until(() -> outcomes.attributed() > 20);

        // When
        disk.fill();
        await().atMost(PATIENCE).until(() -> !broker.alive());
        await().atMost(PATIENCE).until(() -> Files.readString(log).contains("trying again: "));
        assertThat(process.alive()).isTrue();
        disk.free();
        broker.start();
        sender.join();

        // Then
        long expected = sender.generations() * (Workload.RECORDS + 1);
        await().atMost(PATIENCE).until(() -> outcomes.attributed() == expected);
        assertThat(outcomes.deadLettered()).isZero();
        assertThat(outcomes.differing()).isZero();
        if (delivery.equals("exactly-once")) {
          assertThat(outcomes.repeated()).isZero();
        }
        await().atMost(PATIENCE).until(() -> Files.readString(log).contains("Recovered"));
      } finally {
        process.kill();
      }
    }
  }

  private SmallDisk disk() {
    try {
      return SmallDisk.mount(directory.resolve("disk"), MEBIBYTES);
    } catch (IOException e) {
      return abort(e.getMessage());
    }
  }
}
