package dev.cairn.validation.removal;

import dev.cairn.validation.removal.RemovalResult.Curve;
import dev.cairn.validation.removal.RemovalResult.Quartiles;
import dev.cairn.validation.report.CurvePlot;
import dev.cairn.validation.report.CurvePlot.Point;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The curves of a counterfactual study. */
final class RemovalPlots {
  private RemovalPlots() {}

  /** A measure over the share that is removed, one curve an arm. */
  static String overShare(List<Curve> curves, Function<Curve, Quartiles> measure, String label) {
    Map<String, List<Point>> arms = new LinkedHashMap<>();
    for (String arm : arms(curves)) {
      arms.put(
          arm,
          curves.stream()
              .filter(curve -> curve.arm().equals(arm))
              .map(curve -> point(100 * curve.share(), measure.apply(curve)))
              .toList());
    }
    return CurvePlot.of(arms, "examples removed, %", "median " + label);
  }

  /** Median distance over the window in which the retrained model acts, one curve an arm. */
  static String overWindows(List<Curve> curves, double share) {
    Map<String, List<Point>> arms = new LinkedHashMap<>();
    for (Curve curve : curves) {
      if (curve.share() == share) {
        List<Double> windows = curve.windowDistance();
        arms.put(
            curve.arm(),
            IntStream.range(0, windows.size())
                .mapToObj(w -> Point.of(w + 1, windows.get(w)))
                .toList());
      }
    }
    return CurvePlot.of(arms, "window of the steps, noise first", "median pixel distance");
  }

  private static List<String> arms(List<Curve> curves) {
    return curves.stream().map(Curve::arm).distinct().toList();
  }

  private static Point point(double x, Quartiles quartiles) {
    return new Point(x, quartiles.median(), quartiles.low(), quartiles.high());
  }
}
