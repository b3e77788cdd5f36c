package dev.cairn.validation.subsets;

import java.util.List;
import java.util.Map;

/**
 * An image whose attribution is validated.
 *
 * @param id key of its noise
 * @param source where it comes from
 * @param choosing whether it is one of those that choose ridges; they are not reported
 * @param label its class; empty where it is not known
 * @param image x_0, flattened
 * @param conditioning the model's further inputs by name, flattened
 * @param estimates x̂_0 at each of the validated steps; of an image that was not generated, itself
 */
public record Query(
    String id,
    Source source,
    boolean choosing,
    String label,
    float[] image,
    Map<String, float[]> conditioning,
    List<float[]> estimates) {

  /** Kinds of queries; they are reported apart. */
  public enum Source {
    GENERATED("generated"),
    HELD_OUT("held out");

    private final String label;

    Source(String label) {
      this.label = label;
    }

    /** The name in reports. */
    public String label() {
      return label;
    }
  }

  public Query {
    conditioning = Map.copyOf(conditioning);
    estimates = List.copyOf(estimates);
  }
}
