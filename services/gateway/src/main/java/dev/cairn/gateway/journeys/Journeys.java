package dev.cairn.gateway.journeys;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The most recent generations, within a bound of number and bytes: those that have been silent
 * longest make room. One thread only.
 */
public final class Journeys {

  private final int most;
  private final long mostBytes;

  /** In the order of their last result, the longest silent first. */
  private final LinkedHashMap<String, Journey> journeys = new LinkedHashMap<>();

  private final Map<String, Result> results = new HashMap<>();
  private long bytes;

  public Journeys(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /**
   * Takes a result in.
   *
   * @return false if it is here already: a replay
   */
  public boolean add(Result result) {
    if (results.putIfAbsent(result.id(), result) != null) {
      return false;
    }
    String id = result.attribution().getGenerationId();
    Journey journey = journeys.remove(id);
    if (journey == null) {
      journey = new Journey(id);
    }
    journeys.put(id, journey);
    journey.add(result);
    bytes += result.bytes();
    while (journeys.size() > most || (bytes > mostBytes && !journeys.isEmpty())) {
      forget(journeys.firstEntry().getValue());
    }
    return true;
  }

  private void forget(Journey journey) {
    journeys.remove(journey.id());
    bytes -= journey.bytes();
    journey.results().forEach(result -> results.remove(result.id()));
  }

  public Optional<Journey> journey(String generationId) {
    return Optional.ofNullable(journeys.get(generationId));
  }

  public Optional<Result> result(String resultId) {
    return Optional.ofNullable(results.get(resultId));
  }

  /** The latest first. */
  public List<Journey> latest() {
    List<Journey> latest = new ArrayList<>(journeys.values());
    Collections.reverse(latest);
    return latest;
  }

  /** How many generations are in memory. */
  public int size() {
    return journeys.size();
  }
}
