package dev.cairn.load.chaos;

import dev.cairn.broker.FaultProxy;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Injects one fault after another, in an order that follows from the seed. One thread owns it. */
final class Faults {

  /** What is done, how often beside the others, and how. */
  enum Fault {
    KILL("processes killed", 4),
    TERMINATE("processes terminated", 1),
    BROKER_RESTART("broker restarts", 1),
    BROKER_KILL("brokers killed", 1),
    CUT("connections cut", 3),
    RESET("connections reset", 3),
    HALF_CLOSE("connections half closed", 2),
    DELAY("networks delayed", 2),
    REFUSE("networks refused", 2),
    STALL("networks stalled", 1),
    REBALANCE("rebalance storms", 2);

    final String shown;
    private final int weight;

    Fault(String shown, int weight) {
      this.shown = shown;
      this.weight = weight;
    }
  }

  private static final int DRAIN_BOUND_SECONDS = 60;

  private final BrokerProcess broker;
  private final String bootstrapServers;
  private final FaultProxy proxy;
  private final List<CairnProcess> processes;
  private final List<String> groupsAndTopics;
  private final List<Fault> kinds;
  private final PrintStream log;
  private final SplittableRandom random;
  private final Map<Fault, Integer> injected = new EnumMap<>(Fault.class);
  private int slowStops;
  private int unasked;

  /**
   * @param groupsAndTopics group, topic, group, topic: what a rebalance storm joins
   * @param kinds which are injected
   * @param log where each fault is noted with its time
   */
  Faults(
      BrokerProcess broker,
      String bootstrapServers,
      FaultProxy proxy,
      List<CairnProcess> processes,
      List<String> groupsAndTopics,
      List<Fault> kinds,
      PrintStream log,
      long seed) {
    this.broker = broker;
    this.bootstrapServers = bootstrapServers;
    this.proxy = proxy;
    this.processes = processes;
    this.groupsAndTopics = groupsAndTopics;
    this.kinds = kinds;
    this.log = log;
    this.random = new SplittableRandom(seed);
  }

  /** One more fault, and the recovery that a network or an orchestrator would bring. */
  void injectOne() throws IOException, InterruptedException {
    Fault fault = next();
    log.printf("%s %s%n", LocalTime.now(ZoneId.systemDefault()), fault);
    switch (fault) {
      case KILL -> {
        CairnProcess victim = any();
        victim.kill();
        pause(500, 3000);
        victim.start();
      }
      case TERMINATE -> {
        CairnProcess victim = any();
        if (!victim.terminate(DRAIN_BOUND_SECONDS)) {
          slowStops++;
        }
        victim.start();
      }
      case BROKER_RESTART -> {
        boolean inOrder = broker.stop();
        log.printf("%s stopped, in order: %s%n", LocalTime.now(ZoneId.systemDefault()), inOrder);
        broker.start();
        log.printf("%s started%n", LocalTime.now(ZoneId.systemDefault()));
      }
      case BROKER_KILL -> {
        broker.kill();
        pause(500, 3000);
        broker.start();
        log.printf("%s started%n", LocalTime.now(ZoneId.systemDefault()));
      }
      case CUT -> proxy.cut();
      case RESET -> proxy.reset();
      case HALF_CLOSE -> proxy.halfClose();
      case DELAY -> {
        proxy.delay(Duration.ofMillis(50 + random.nextInt(300)));
        pause(1000, 4000);
      }
      case REFUSE -> {
        proxy.refuse();
        pause(500, 4000);
      }
      case STALL -> {
        proxy.stall();
        pause(2000, 9000);
      }
      case REBALANCE -> rebalance();
    }
    proxy.heal();
    injected.merge(fault, 1, Integer::sum);
    reviveThatEnded();
  }

  /**
   * A process may give up when it finds no broker at its start; an orchestrator starts it again.
   */
  void reviveThatEnded() throws IOException {
    for (CairnProcess process : processes) {
      if (!process.alive()) {
        unasked++;
        process.start();
      }
    }
  }

  private Fault next() {
    int total = 0;
    for (Fault fault : kinds) {
      total += fault.weight;
    }
    int choice = random.nextInt(total);
    for (Fault fault : kinds) {
      choice -= fault.weight;
      if (choice < 0) {
        return fault;
      }
    }
    throw new AssertionError();
  }

  private CairnProcess any() throws IOException {
    reviveThatEnded();
    return processes.get(random.nextInt(processes.size()));
  }

  /** Members that come, take partitions, do nothing with them and go. */
  private void rebalance() throws InterruptedException {
    int which = 2 * random.nextInt(groupsAndTopics.size() / 2);
    for (int i = 0; i < 3; i++) {
      try (var member =
          new KafkaConsumer<>(
              Map.<String, Object>of(
                  "bootstrap.servers",
                  bootstrapServers,
                  "group.id",
                  groupsAndTopics.get(which),
                  "enable.auto.commit",
                  false,
                  "partition.assignment.strategy",
                  CooperativeStickyAssignor.class.getName()),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer())) {
        member.subscribe(List.of(groupsAndTopics.get(which + 1)));
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(1500));
        while (System.nanoTime() < until) {
          member.poll(Duration.ofMillis(100));
        }
      } catch (KafkaException _) {
        // The broker is away just now; nobody joins.
        pause(100, 500);
      }
    }
  }

  void pause(int leastMillis, int mostMillis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(random.nextInt(leastMillis, mostMillis));
  }

  Map<Fault, Integer> injected() {
    return injected;
  }

  /** Terminations that took longer than the bound. */
  int slowStops() {
    return slowStops;
  }

  /** Processes that ended without being asked. */
  int unasked() {
    return unasked;
  }
}
