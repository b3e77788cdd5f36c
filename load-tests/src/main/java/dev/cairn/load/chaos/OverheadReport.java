package dev.cairn.load.chaos;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What was measured at one rate, and the cost of a record between two rates. */
final class OverheadReport {

  /** CPU in % of a core. */
  private record Row(double rate, double everything, double stream) {}

  private static final double SMALLEST_SHOWN_MICROS = 5;

  private Optional<Row> first = Optional.empty();

  /** One line for each thing measured at this rate. */
  String at(Reading spent, Histogram toFeatures, Histogram toResult) {
    double records = toFeatures.getTotalCount();
    double rate = records / spent.elapsed();
    double percent = 100 / spent.elapsed();
    Row row = new Row(rate, percent * (spent.cpu() - spent.runCpu()), percent * spent.streamCpu());
    String text =
        """
        %.0f records a second, %.0f s
          CPU, %% of a core   everything but ONNX Runtime %.2f: stream path %.2f, scoring %.2f, gateway %.2f, compiling %.2f
                             ONNX Runtime %.2f
        """
            .formatted(
                rate,
                spent.elapsed(),
                row.everything(),
                row.stream(),
                percent * spent.scoreCpu(),
                percent * spent.gatewayCpu(),
                percent * spent.compilerCpu(),
                percent * spent.runCpu());
    if (records > 0) {
      text += latency(spent, toFeatures, toResult) + threads(spent, records) + perHundred(row);
    }
    if (first.isEmpty()) {
      first = Optional.of(row);
    }
    return text;
  }

  private static String latency(Reading spent, Histogram toFeatures, Histogram toResult) {
    double own = 1000 * spent.runs() / toFeatures.getTotalCount();
    double features = toFeatures.getValueAtPercentile(50) / 1000.0;
    return """
          gradient engine    busy %.0f %% of the time of one worker, %.2f ms a record
          latency, median    %.1f ms to the features (99th percentile %.1f ms), %.1f ms to the result
          added at median    %.1f ms to the record's own compute time, up to the features
        """
        .formatted(
            100 * spent.runs() / spent.elapsed(),
            own,
            features,
            toFeatures.getValueAtPercentile(99) / 1000.0,
            toResult.getValueAtPercentile(50) / 1000.0,
            features - own);
  }

  /** What each thread spends on a record, those that idle included. */
  private static String threads(Reading spent, double records) {
    return spent.threads().entrySet().stream()
        .filter(thread -> 1e6 * thread.getValue() / records >= SMALLEST_SHOWN_MICROS)
        .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
        .map(thread -> "%s %.0f".formatted(thread.getKey(), 1e6 * thread.getValue() / records))
        .collect(Collectors.joining(", ", "  µs a record        ", "%n".formatted()));
  }

  /** All of it divided by the rate, and what each hundred more cost since the first rate. */
  private String perHundred(Row row) {
    double hundreds = row.rate() / 100;
    String text =
        "  for 100 a second   stream path %.2f %% of a core, everything but ONNX Runtime %.2f %%%n"
            .formatted(row.stream() / hundreds, row.everything() / hundreds);
    if (first.isPresent()) {
      double more = (row.rate() - first.get().rate()) / 100;
      text +=
          "  beyond %.0f a second stream path %.2f %% of a core for each 100 more, everything but ONNX Runtime %.2f %%%n"
              .formatted(
                  first.get().rate(),
                  (row.stream() - first.get().stream()) / more,
                  (row.everything() - first.get().everything()) / more);
    }
    return text;
  }
}
