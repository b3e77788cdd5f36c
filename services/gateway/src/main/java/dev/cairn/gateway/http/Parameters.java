package dev.cairn.gateway.http;

import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** A request's parameters, checked. */
final class Parameters {

  private Parameters() {}

  static Optional<String> text(RoutingContext context, String name) {
    return Optional.ofNullable(single(context, name));
  }

  /** A whole number in a query. */
  static long whole(RoutingContext context, String name, long fallback, long min, long max) {
    String value = single(context, name);
    return value == null ? fallback : parse(name, value, min, max);
  }

  /** A whole number in a path. */
  static int index(RoutingContext context, String name) {
    return (int) parse(name, context.pathParam(name), 0, Integer.MAX_VALUE);
  }

  private static String single(RoutingContext context, String name) {
    List<String> values = context.queryParam(name);
    if (values.size() > 1) {
      throw new ProblemException(
          Problem.malformed("Parameter %s is given %d times.".formatted(name, values.size())));
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  private static long parse(String name, String value, long min, long max) {
    try {
      long number = value.matches("-?[0-9]{1,18}") ? Long.parseLong(value) : Long.MIN_VALUE;
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Reported below, like a number out of range.
    }
    throw new ProblemException(
        Problem.malformed(
            "Parameter %s is '%s'; expected a whole number from %d to %d."
                .formatted(name, abridged(value), min, max)));
  }

  private static String abridged(String value) {
    return value.length() <= 40 ? value : value.substring(0, 40) + "…";
  }
}
