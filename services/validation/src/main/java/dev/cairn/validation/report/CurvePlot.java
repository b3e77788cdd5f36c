package dev.cairn.validation.report;

import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Curves with whiskers, one colour each, named on the right. */
public final class CurvePlot {
  private static final int LEFT = 60;
  private static final int RIGHT = 560;
  private static final int BOTTOM = 270;

  private CurvePlot() {}

  /** A value at x and the interval about it. */
  public record Point(double x, double value, double low, double high) {
    /** Without an interval. */
    public static Point of(double x, double value) {
      return new Point(x, value, value, value);
    }
  }

  /** A drawing; empty where there is nothing to draw. */
  public static String of(Map<String, List<Point>> curves, String across, String up) {
    return of(curves, across, up, false);
  }

  /**
   * @param reversed whether x falls to the right
   */
  static String of(Map<String, List<Point>> curves, String across, String up, boolean reversed) {
    List<Point> all = curves.values().stream().flatMap(List::stream).toList();
    if (all.isEmpty()) {
      return "";
    }
    Axis x =
        Axis.over(
            all.stream().mapToDouble(Point::x), reversed ? RIGHT : LEFT, reversed ? LEFT : RIGHT);
    Axis y =
        Axis.over(
            all.stream().flatMapToDouble(p -> DoubleStream.of(p.low(), p.high())), BOTTOM, 10);
    Svg svg = new Svg(760, 320, up + " over " + across);
    svg.grid(x, y, LEFT, RIGHT, 10, BOTTOM);
    int number = 0;
    for (var curve : curves.entrySet()) {
      double apart = 3 * (number - (curves.size() - 1) / 2.0);
      curve(svg, x, y, curve.getValue(), apart, Svg.COLOURS[number % Svg.COLOURS.length]);
      svg.name(number++, curve.getKey());
    }
    return svg.text(310, 312, "middle", across).upwards(14, 140, up).done();
  }

  private static void curve(
      Svg svg, Axis x, Axis y, List<Point> points, double apart, String colour) {
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      double at = x.at(point.x()) + apart;
      svg.line(at, y.at(point.low()), at, y.at(point.high()), "stroke-width:1;stroke:" + colour);
      svg.circle(at, y.at(point.value()), 3, "fill:" + colour, Axis.label(point.value()));
      if (i > 0) {
        Point before = points.get(i - 1);
        svg.line(
            x.at(before.x()) + apart,
            y.at(before.value()),
            at,
            y.at(point.value()),
            "stroke-width:1.5;stroke:" + colour);
      }
    }
  }
}
