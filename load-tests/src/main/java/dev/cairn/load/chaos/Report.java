package dev.cairn.load.chaos;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts of a run, and whether they are what they must be. */
final class Report {

  private static final int SHOWN = 5;

  private final String delivery;
  private final int hostilePercent;
  private long generations;
  private long hostile;
  private Map<String, String> results = Map.of();
  private int attributed;
  private int deadLettered;
  private long repeated;
  private long contradicting;
  private long misjudged;
  private Map<String, Long> byClass = Map.of();
  private String faults = "";
  private int slowStops;
  private long missingFromCalm;
  private List<String> unlikeCalm = List.of();

  Report(String delivery, int hostilePercent) {
    this.delivery = delivery;
    this.hostilePercent = hostilePercent;
  }

  void sent(long generations, long hostile) {
    this.generations = generations;
    this.hostile = hostile;
  }

  long generations() {
    return generations;
  }

  /** Each record has a result, and each generation one more, of its mean. */
  private long expected() {
    return generations * (Workload.RECORDS + 1);
  }

  boolean complete(Outcomes outcomes) {
    return outcomes.attributed() >= expected() && outcomes.deadLettered() >= hostile;
  }

  void disturbed(Outcomes outcomes) {
    results = outcomes.results();
    attributed = outcomes.attributed();
    deadLettered = outcomes.deadLettered();
    repeated = outcomes.repeated();
    contradicting = outcomes.differing();
    misjudged = outcomes.misjudged();
    byClass = outcomes.byClass();
  }

  void faults(Faults injected, int lastSlowStops) {
    slowStops = injected.slowStops() + lastSlowStops;
    faults =
        injected.injected().entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey().shown)
                .collect(Collectors.joining(", "))
            + ", %d processes ended unasked".formatted(injected.unasked());
  }

  void undisturbed(Outcomes outcomes) {
    Map<String, String> calm = outcomes.results();
    missingFromCalm = results.keySet().stream().filter(id -> !calm.containsKey(id)).count();
    unlikeCalm =
        results.entrySet().stream()
            .filter(entry -> calm.containsKey(entry.getKey()))
            .filter(entry -> !calm.get(entry.getKey()).equals(entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
  }

  boolean passed() {
    return attributed == expected()
        && deadLettered == hostile
        && misjudged == 0
        && contradicting == 0
        && (repeated == 0 || !delivery.equals("exactly-once"))
        && slowStops == 0
        && missingFromCalm == 0
        && unlikeCalm.isEmpty();
  }

  String text() {
    return """
    delivery        %s
    sent            %,d records: %,d of %,d generations, %,d hostile (%d %%)
    attributed      %,d results of %,d expected (a result a record, and one of each generation's mean)
    dead-lettered   %,d of %,d hostile records: %s
    lost            %,d
    duplicated      %,d results and dead letters, of which %,d differ from the first
    wrong class     %,d dead letters
    undisturbed run %,d results differ in a bit %s, %,d are not among its results
    slow stops      %,d (SIGTERM not drained within 60 s)
    faults          %s
    %s
    """
        .formatted(
            delivery,
            generations * Workload.RECORDS + hostile,
            generations * Workload.RECORDS,
            generations,
            hostile,
            hostilePercent,
            attributed,
            expected(),
            deadLettered,
            hostile,
            byClass,
            Math.max(0, expected() - attributed) + Math.max(0, hostile - deadLettered),
            repeated,
            contradicting,
            misjudged,
            unlikeCalm.size(),
            unlikeCalm.stream().limit(SHOWN).toList(),
            missingFromCalm,
            slowStops,
            faults,
            passed() ? "PASSED" : "FAILED");
  }
}
