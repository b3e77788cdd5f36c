package dev.cairn.diffusion;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Typed access to the parsed object of a scheduler_config.json. */
record SchedulerFile(Map<String, ?> json) {

  boolean flag(String key, boolean fallback) {
    return typed(key, Boolean.class, "true or false", fallback);
  }

  String text(String key, String fallback) {
    return typed(key, String.class, "text", fallback);
  }

  double number(String key, double fallback) {
    return typed(key, Number.class, "a number", fallback).doubleValue();
  }

  int integer(String key, int fallback) {
    double value = number(key, fallback);
    if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
      throw wrong(key, "a whole number", value);
    }
    return (int) value;
  }

  List<Double> numbers(String key) {
    List<Double> numbers = new ArrayList<>();
    for (Object value : typed(key, List.class, "a list of numbers", List.of())) {
      if (!(value instanceof Number number)) {
        throw wrong(key, "a list of numbers", value);
      }
      numbers.add(number.doubleValue());
    }
    return numbers;
  }

  private <T> T typed(String key, Class<T> type, String description, T fallback) {
    Object value = json.get(key);
    if (value == null) {
      return fallback;
    }
    if (!type.isInstance(value)) {
      throw wrong(key, description, value);
    }
    return type.cast(value);
  }

  private static IllegalArgumentException wrong(String key, String description, Object value) {
    return new IllegalArgumentException(
        "scheduler configuration: %s is %s, must be %s".formatted(key, value, description));
  }
}
