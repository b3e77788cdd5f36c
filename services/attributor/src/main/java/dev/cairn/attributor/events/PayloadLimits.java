package dev.cairn.attributor.events;

/**
 * What a payload may ask of the process that reads it.
 *
 * @param maxBytes largest payload that is parsed at all
 * @param maxJsonDepth deepest nesting of a JSON payload; the messages need five levels
 * @param maxJsonValues most values in a JSON payload; tensors are one string each, so honest
 *     payloads hold few, and each costs far more memory parsed than on the wire
 */
public record PayloadLimits(int maxBytes, int maxJsonDepth, int maxJsonValues) {
  public static final PayloadLimits DEFAULT = new PayloadLimits(16 << 20, 16, 100_000);

  public PayloadLimits {
    if (maxBytes < 1 || maxJsonDepth < 1 || maxJsonValues < 1) {
      throw new IllegalArgumentException(
          "payload limits must be positive, got maxBytes=%d maxJsonDepth=%d maxJsonValues=%d"
              .formatted(maxBytes, maxJsonDepth, maxJsonValues));
    }
  }
}
