package dev.cairn.app.demo;

import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.ExampleScore;
import dev.cairn.schemas.v1.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Counts the results of one run as they arrive. Not thread-safe. */
final class Tally {

  private final Set<String> resultIds = new HashSet<>();
  private final List<Long> latenciesMicros = new ArrayList<>();
  private final List<Double> sharesOfClass = new ArrayList<>();
  private final int expected;
  private int examplesPerImage;

  /**
   * @param expected how many different results the run must bring
   */
  Tally(int expected) {
    this.expected = expected;
  }

  /**
   * Counts one result.
   *
   * @param receivedMicros when it arrived, microseconds since the epoch
   * @return false if this result has been counted before (delivery is at least once)
   */
  boolean add(Attribution attribution, long receivedMicros) {
    if (!resultIds.add(attribution.getResultId())) {
      return false;
    }
    latenciesMicros.add(receivedMicros - attribution.getSourceTimeMicros());
    return true;
  }

  /**
   * Counts how many of a final image's top positive examples are of its class.
   *
   * @return the share, 0 to 1
   */
  double addFinal(Attribution attribution, String imageClass) {
    if (attribution.getSubject() != Subject.FINAL_IMAGE) {
      throw new IllegalArgumentException("not a final image: " + attribution.getSubject());
    }
    List<ExampleScore> top = attribution.getTopPositiveList();
    long same = top.stream().filter(example -> example.getLabel().equals(imageClass)).count();
    double share = top.isEmpty() ? 0 : (double) same / top.size();
    sharesOfClass.add(share);
    examplesPerImage = Math.max(examplesPerImage, top.size());
    return share;
  }

  boolean complete() {
    return resultIds.size() >= expected;
  }

  int count() {
    return resultIds.size();
  }

  int expected() {
    return expected;
  }

  /** Median time from a step's record to its attribution, in milliseconds; NaN without results. */
  double medianLatencyMillis() {
    if (latenciesMicros.isEmpty()) {
      return Double.NaN;
    }
    List<Long> sorted = latenciesMicros.stream().sorted().toList();
    int middle = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
    return median / 1000;
  }

  /** How many positive examples a final image's result names. */
  int examplesPerImage() {
    return examplesPerImage;
  }

  /** Mean over the final images of the share of their top examples that are of their class. */
  double meanShareOfClass() {
    return sharesOfClass.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}
