package dev.cairn.validation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Maps values to places on paper.
 *
 * @param logarithmic whether equal ratios take equal lengths
 */
record Axis(double low, double high, double start, double end, boolean logarithmic) {

  /** Over all values with a little room, linear; zero is shown if it is near. */
  static Axis over(DoubleStream values, double start, double end) {
    double[] all = values.filter(Double::isFinite).toArray();
    double low = DoubleStream.of(all).min().orElse(0);
    double high = DoubleStream.of(all).max().orElse(1);
    double room = high > low ? (high - low) * 0.06 : Math.max(Math.abs(high) * 0.1, 1e-9);
    return new Axis(low - room, high + room, start, end, false);
  }

  static Axis logarithmic(double low, double high, double start, double end) {
    return new Axis(low / 1.5, high * 1.5, start, end, true);
  }

  double at(double value) {
    double share =
        logarithmic
            ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
            : (value - low) / (high - low);
    return start + share * (end - start);
  }

  /** Round numbers, four to eight of them; powers of ten on a logarithmic axis. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (logarithmic) {
      for (double tick = Math.pow(10, Math.ceil(Math.log10(low))); tick <= high; tick *= 10) {
        ticks.add(tick);
      }
      return ticks;
    }
    double rough = (high - low) / 5;
    double magnitude = Math.pow(10, Math.floor(Math.log10(rough)));
    double ratio = rough / magnitude;
    double step = magnitude * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
    for (long k = (long) Math.ceil(low / step); k * step <= high; k++) {
      ticks.add(k * step);
    }
    return ticks;
  }

  static String label(double tick) {
    String plain = String.format(Locale.ROOT, "%.4g", tick);
    return plain.contains("e") || !plain.contains(".")
        ? plain
        : plain.replaceAll("0+$", "").replaceAll("\\.$", "");
  }
}
