package dev.cairn.app.process;

import dev.cairn.app.CommandFailure;
import dev.cairn.app.config.ModelSettings;
import dev.cairn.app.config.ServeConfig;
import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attributor.ServedModel;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The models of one process, and the version before of each that was replaced: its index stays
 * open, for features that were computed for it and are still on their way.
 */
final class ServedModels implements AutoCloseable {

  /** Who works with the models. */
  interface Users {
    /** Scores with these, by model and newest first; completes when the ones before are unused. */
    CompletableFuture<Void> score(Map<String, List<AttributionIndex>> indexes);

    /** Takes gradients of these; completes when the ones before are unused. */
    CompletableFuture<Void> differentiate(Map<String, ServedModel> models);

    /** Describes these. */
    void describe(List<OpenModel> models);
  }

  private final MeterRegistry meters;
  private List<OpenModel> newest = List.of();

  /** Replaced, and their engines closed. */
  private List<OpenModel> before = List.of();

  /** Opened, but not all of them in use yet. */
  private List<OpenModel> coming = List.of();

  ServedModels(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Opens what is configured; to be called first. */
  void open(ServeConfig config) {
    newest = open(versions(config), config);
  }

  List<OpenModel> newest() {
    return newest;
  }

  static List<ModelVersion> versions(ServeConfig config) {
    List<ModelVersion> versions = new ArrayList<>();
    for (ModelSettings settings : config.models()) {
      if (versions.stream().anyMatch(other -> other.settings().id().equals(settings.id()))) {
        throw new CommandFailure(
            "two models have the id '%s'; give one another id, or its bundle's directory another name"
                .formatted(settings.id()));
      }
      try {
        versions.add(ModelVersion.of(settings));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return versions;
  }

  boolean serves(List<ModelVersion> versions) {
    return newest.stream().map(OpenModel::version).toList().equals(versions);
  }

  private List<OpenModel> open(List<ModelVersion> versions, ServeConfig config) {
    List<OpenModel> opened = new ArrayList<>();
    try {
      for (ModelVersion version : versions) {
        opened.add(
            newest.stream()
                .filter(model -> model.version().equals(version))
                .findFirst()
                .orElseGet(() -> OpenModel.open(version, config, meters)));
      }
      return opened;
    } catch (RuntimeException e) {
      without(opened, newest).forEach(OpenModel::close);
      throw e;
    }
  }

  /**
   * Opens other versions beside those that are served, and puts them in their place. Whoever scores
   * learns of them first, and takes gradients of them only later, when every process that scores
   * will have learnt of them.
   *
   * @throws InterruptedException while it waited; all is then as before, but for scoring
   */
  void exchange(List<ModelVersion> versions, ServeConfig config, Users users, long waitMillis)
      throws InterruptedException {
    coming = open(versions, config);
    List<OpenModel> forgotten = before;
    users
        .score(indexes(coming, newest))
        .thenRun(() -> without(forgotten, coming).forEach(model -> model.index().close()))
        .join();
    before = List.of();
    Thread.sleep(waitMillis);
    users.differentiate(served(coming)).join();
    users.describe(coming);
    List<OpenModel> replaced = without(newest, coming);
    newest = coming;
    before = replaced;
    coming = List.of();
    replaced.forEach(OpenModel::closeEngine);
  }

  static Map<String, ServedModel> served(List<OpenModel> models) {
    Map<String, ServedModel> served = new LinkedHashMap<>();
    models.forEach(model -> served.put(model.id(), model.served()));
    return served;
  }

  private static Map<String, List<AttributionIndex>> indexes(
      List<OpenModel> newer, List<OpenModel> older) {
    Map<String, List<AttributionIndex>> indexes = new LinkedHashMap<>();
    for (OpenModel model : newer) {
      indexes.computeIfAbsent(model.id(), _ -> new ArrayList<>()).add(model.index());
    }
    for (OpenModel model : without(older, newer)) {
      indexes.computeIfAbsent(model.id(), _ -> new ArrayList<>()).add(model.index());
    }
    return indexes;
  }

  private static List<OpenModel> without(List<OpenModel> models, List<OpenModel> others) {
    return models.stream().filter(model -> !others.contains(model)).toList();
  }

  /** When nothing works with them any more. */
  @Override
  public void close() {
    newest.forEach(OpenModel::close);
    without(coming, newest).forEach(OpenModel::close);
    before.forEach(model -> model.index().close());
  }
}
