package dev.cairn.app.process;

import dev.cairn.app.config.ConfigurationException;
import dev.cairn.app.config.ServeConfig;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, every few seconds, whether the configuration names other versions of the models than those
 * that are served, and exchanges them. What cannot be opened is told once, and looked at again.
 */
final class ModelWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ModelWatch.class);

  private final Callable<ServeConfig> configuration;
  private final ServedModels models;
  private final ServedModels.Users users;
  private final long intervalMillis;
  private final Consumer<String> tell;
  private final Thread thread;
  private String told = "";

  /**
   * @param configuration reads it as it is now
   * @param tell hears what an operator should know, one line each
   */
  ModelWatch(
      Callable<ServeConfig> configuration,
      ServedModels models,
      ServedModels.Users users,
      int intervalSeconds,
      Consumer<String> tell) {
    this.configuration = configuration;
    this.models = models;
    this.users = users;
    this.intervalMillis = TimeUnit.SECONDS.toMillis(intervalSeconds);
    this.tell = tell;
    thread = Thread.ofPlatform().name("cairn-models").daemon(true).start(this::run);
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(intervalMillis);
        look();
      }
    } catch (InterruptedException _) {
      // Asked to stop.
    }
  }

  private void look() throws InterruptedException {
    try {
      ServeConfig config = configuration.call();
      List<ModelVersion> versions = ServedModels.versions(config);
      if (!models.serves(versions)) {
        // Two intervals, after which every process of the group has looked once.
        models.exchange(versions, config, users, 2 * intervalMillis);
        models.newest().forEach(model -> tellOnce(describe(model)));
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      log.debug("no other version", e);
      tellOnce("Going on with the version that is served: " + reason(e));
    }
  }

  private static String describe(OpenModel model) {
    return "Serving %s from bundle %.12s with index %.12s of %,d examples"
        .formatted(
            model.id(),
            model.served().bundle().digest(),
            model.index().digest(),
            model.index().size());
  }

  private static String reason(Exception e) {
    return e instanceof ConfigurationException wrong
        ? String.join("; ", wrong.problems())
        : Objects.requireNonNullElse(e.getMessage(), e.toString());
  }

  private void tellOnce(String line) {
    if (!line.equals(told)) {
      told = line;
      tell.accept(line);
    }
  }

  /** Returns when no exchange is under way any more. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
