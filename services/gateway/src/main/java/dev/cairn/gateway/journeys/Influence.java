package dev.cairn.gateway.journeys;

import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.ExampleScore;
import dev.cairn.schemas.v1.GroupScore;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the journeys in memory tell of a training example or of a group. */
public final class Influence {

  private final Journeys journeys;

  public Influence(Journeys journeys) {
    this.journeys = journeys;
  }

  /** As a list of {@code Influence} in the API's description; the latest generation first. */
  public JsonArray ofExample(String model, int index) {
    JsonArray influence = new JsonArray();
    for (Journey journey : journeys.latest()) {
      JsonArray scores = new JsonArray();
      for (Result result : journey.results()) {
        Attribution attribution = result.attribution();
        if (attribution.getModel().equals(model)) {
          addIfNamed(scores, attribution, attribution.getTopPositiveList(), index);
          addIfNamed(scores, attribution, attribution.getTopNegativeList(), index);
        }
      }
      if (!scores.isEmpty()) {
        influence.add(
            new JsonObject()
                .put("generationId", journey.id())
                .put("complete", journey.complete())
                .put("scores", scores));
      }
    }
    return influence;
  }

  private static void addIfNamed(
      JsonArray scores, Attribution attribution, List<ExampleScore> side, int index) {
    for (int i = 0; i < side.size(); i++) {
      if (side.get(i).getIndex() == index) {
        scores.add(
            new JsonObject()
                .put("resultId", attribution.getResultId())
                .put("subject", attribution.getSubject().name())
                .put("step", attribution.getStep())
                .put("stepCount", attribution.getStepCount())
                .put("timestep", attribution.getTimestep())
                .put("score", side.get(i).getScore())
                .put("rank", i + 1));
      }
    }
  }

  /** How often the results of a model report each group, and the mean of its sums there. */
  public Map<String, Reported> ofGroups(String model) {
    Map<String, Reported> groups = new HashMap<>();
    for (Journey journey : journeys.latest()) {
      for (Result result : journey.results()) {
        if (result.attribution().getModel().equals(model)) {
          for (GroupScore group : result.attribution().getGroupsList()) {
            groups.merge(group.getGroup(), new Reported(1, group.getSum()), Reported::plus);
          }
        }
      }
    }
    return groups;
  }

  /**
   * A group's influence over several results.
   *
   * @param results how many report it
   * @param sum of its signed sums
   */
  public record Reported(int results, double sum) {
    private Reported plus(Reported other) {
      return new Reported(results + other.results, sum + other.sum);
    }

    /** Zero where nothing is reported. */
    public double mean() {
      return results == 0 ? 0 : sum / results;
    }
  }
}
