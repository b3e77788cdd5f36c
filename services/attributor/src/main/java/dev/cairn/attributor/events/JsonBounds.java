package dev.cairn.attributor.events;

import static dev.cairn.schemas.v1.DeadLetterClass.MALFORMED;

/**
 * A first look at JSON bytes, before any parser builds a tree of them: one pass, no memory, so that
 * neither deep nesting nor millions of tiny values can exhaust the stack or the heap.
 */
final class JsonBounds {
  private JsonBounds() {}

  /**
   * @throws RejectedException (malformed) if the bytes nest deeper or hold more values than allowed
   */
  static void check(byte[] json, PayloadLimits limits) {
    int depth = 0;
    int values = 1;
    boolean inString = false;
    for (int i = 0; i < json.length; i++) {
      byte b = json[i];
      if (inString) {
        if (b == '\\') {
          i++; // the escaped character cannot end the string
        } else if (b == '"') {
          inString = false;
        }
        continue;
      }
      switch (b) {
        case '"' -> inString = true;
        case '{', '[' -> {
          depth++;
          values++;
        }
        case '}', ']' -> depth--;
        case ',' -> values++;
        default -> {}
      }
      if (depth > limits.maxJsonDepth()) {
        throw new RejectedException(
            MALFORMED,
            "JSON nested deeper than %d levels at byte %d".formatted(limits.maxJsonDepth(), i));
      }
      if (values > limits.maxJsonValues()) {
        throw new RejectedException(
            MALFORMED,
            "JSON with more than %d values; a tensor is one base64 string"
                .formatted(limits.maxJsonValues()));
      }
    }
  }
}
