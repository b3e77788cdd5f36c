package dev.cairn.attributor.events;

import java.net.URI;
import java.util.List;

/**
 * What a payload may ask of the process that reads it.
 *
 * @param maxBytes largest payload in a record that is parsed at all
 * @param maxJsonDepth deepest nesting of a JSON payload; the messages need five levels
 * @param maxJsonValues most values in a JSON payload; tensors are one string each, so honest
 *     payloads hold few, and each costs far more memory parsed than on the wire
 * @param references places below which payloads by reference may lie (file, http, https; the path
 *     ends with a slash); none by default
 * @param maxReferencedBytes largest payload by reference
 */
public record PayloadLimits(
    int maxBytes,
    int maxJsonDepth,
    int maxJsonValues,
    List<URI> references,
    int maxReferencedBytes) {

  private static final List<String> SCHEMES = List.of("file", "http", "https");

  public static final int DEFAULT_REFERENCED_BYTES = 64 << 20;
  public static final PayloadLimits DEFAULT = new PayloadLimits(16 << 20, 16, 100_000);

  public PayloadLimits {
    references = List.copyOf(references);
    if (maxBytes < 1
        || maxJsonDepth < 1
        || maxJsonValues < 1
        || maxReferencedBytes < 1
        || maxReferencedBytes == Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "payload limits must be positive, got maxBytes=%d maxJsonDepth=%d maxJsonValues=%d maxReferencedBytes=%d"
              .formatted(maxBytes, maxJsonDepth, maxJsonValues, maxReferencedBytes));
    }
    for (URI root : references) {
      if (!isPlace(root)) {
        throw new IllegalArgumentException(
            "payload references: %s is no place; expected file:, http: or https: and a path that ends with a slash"
                .formatted(root));
      }
    }
  }

  /** Without payloads by reference. */
  public PayloadLimits(int maxBytes, int maxJsonDepth, int maxJsonValues) {
    this(maxBytes, maxJsonDepth, maxJsonValues, List.of(), DEFAULT_REFERENCED_BYTES);
  }

  /** The same limits, with payloads by reference from these places. */
  public PayloadLimits withReferences(List<URI> places, int maxReferenced) {
    return new PayloadLimits(maxBytes, maxJsonDepth, maxJsonValues, places, maxReferenced);
  }

  /** Whether payloads may lie below this URI at all. */
  public static boolean isPlace(URI root) {
    return SCHEMES.contains(String.valueOf(root.getScheme()))
        && root.getRawPath() != null
        && root.getRawPath().startsWith("/")
        && root.getRawPath().endsWith("/")
        && root.normalize().equals(root);
  }
}
