package dev.cairn.app.config;

import dev.cairn.attributor.events.PayloadLimits;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Payloads that travel by reference, because they are too large for a topic.
 *
 * @param references places below which they may lie, file, http or https; none by default
 * @param maxReferencedBytes largest of them
 */
public record PayloadSettings(List<URI> references, int maxReferencedBytes) {

  public PayloadSettings {
    references = List.copyOf(references);
  }

  /** None is followed. */
  public static PayloadSettings defaults() {
    return new PayloadSettings(List.of(), PayloadLimits.DEFAULT_REFERENCED_BYTES);
  }

  static PayloadSettings read(Section payloads) {
    List<URI> places = new ArrayList<>();
    for (String text : payloads.text("references", "").split(",")) {
      if (!text.isBlank()) {
        try {
          URI place = URI.create(text.strip());
          if (PayloadLimits.isPlace(place)) {
            places.add(place);
            continue;
          }
        } catch (IllegalArgumentException _) {
          // Reported below, like a URI that is no place.
        }
        payloads.problem(
            "references",
            "must be file:, http: or https: URIs that end with a slash, not " + text.strip());
      }
    }
    PayloadSettings settings =
        new PayloadSettings(
            places,
            payloads.count(
                "max-referenced-bytes",
                PayloadLimits.DEFAULT_REFERENCED_BYTES,
                1,
                Integer.MAX_VALUE - 1));
    payloads.rejectUnknownKeys();
    return settings;
  }

  /** What a payload may ask of a stage. */
  public PayloadLimits limits() {
    return PayloadLimits.DEFAULT.withReferences(references, maxReferencedBytes);
  }
}
