package dev.cairn.gateway.journeys;

import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Subject;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Comparator;
import java.util.TreeSet;

/** The results of one generation, in the order of steps. One thread only. */
public final class Journey {

  private static final Comparator<Result> BY_STEP =
      Comparator.comparing(
              Result::attribution,
              Comparator.comparingInt(Attribution::getStep)
                  .thenComparingInt(Attribution::getSubjectValue))
          .thenComparing(Result::id);

  private final TreeSet<Result> results = new TreeSet<>(BY_STEP);
  private final String id;
  private long startedMillis = Long.MAX_VALUE;
  private long updatedMillis;
  private long bytes;
  private boolean complete;

  Journey(String id) {
    this.id = id;
  }

  void add(Result result) {
    results.add(result);
    bytes += result.bytes();
    startedMillis = Math.min(startedMillis, result.attribution().getSourceTimeMicros() / 1000);
    updatedMillis = Math.max(updatedMillis, result.producedMillis());
    complete |= result.attribution().getSubject() == Subject.FINAL_IMAGE;
  }

  public String id() {
    return id;
  }

  public boolean complete() {
    return complete;
  }

  long bytes() {
    return bytes;
  }

  /** Never empty. */
  public Collection<Result> results() {
    return results;
  }

  /** As {@code Generation} in the API's description. */
  public JsonObject summary() {
    Attribution latest = results.last().attribution();
    JsonObject tags = new JsonObject();
    latest.getTagsMap().forEach(tags::put);
    return new JsonObject()
        .put("generationId", id)
        .put("model", latest.getModel())
        .put("stepCount", latest.getStepCount())
        .put("results", results.size())
        .put("step", latest.getStep())
        .put("timestep", latest.getTimestep())
        .put("complete", complete)
        .put("startedMillis", startedMillis)
        .put("updatedMillis", updatedMillis)
        .put("tags", tags)
        .put("latestResult", latest.getResultId());
  }
}
