package dev.cairn.validation.report;

import dev.cairn.validation.lds.Interval;
import dev.cairn.validation.lds.MethodResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The plots of a report. */
final class Plots {
  private static final int ROW = 26;

  private Plots() {}

  /** One row a method, one dot and interval a source. */
  static String intervals(List<MethodResult> methods, List<String> sources) {
    int height = 40 + ROW * methods.size();
    Svg svg = new Svg(760, height, "LDS of every method with its interval");
    Axis x =
        Axis.over(
            methods.stream()
                .flatMap(m -> m.lds().values().stream())
                .flatMapToDouble(i -> DoubleStream.of(i.low(), i.high(), 0)),
            170,
            740);
    svg.vertical(x, 10, height - 30);
    for (int row = 0; row < methods.size(); row++) {
      MethodResult method = methods.get(row);
      double middle = 24 + ROW * row;
      svg.text(160, middle + 4, "end", method.name());
      for (int s = 0; s < sources.size(); s++) {
        Interval interval = method.lds().get(sources.get(s));
        double y = middle + (s - (sources.size() - 1) / 2.0) * 8;
        String colour = Svg.COLOURS[s % Svg.COLOURS.length];
        svg.line(
            x.at(interval.low()), y, x.at(interval.high()), y, "stroke-width:2;stroke:" + colour);
        svg.circle(
            x.at(interval.mean()), y, 4, "fill:" + colour, sources.get(s) + " " + text(interval));
      }
    }
    return svg.text(455, height - 2, "middle", "LDS, mean and 95 % interval").done();
  }

  /** Mean LDS of each method with a ridge, over the ridge. */
  static String overLambda(List<MethodResult> methods) {
    List<MethodResult> ridged =
        methods.stream().filter(m -> m.ldsByLambda().size() > 1).limit(8).toList();
    if (ridged.isEmpty()) {
      return "";
    }
    Svg svg = new Svg(760, 320, "LDS over the relative ridge");
    var lambdas = ridged.getFirst().ldsByLambda().keySet();
    Axis x =
        Axis.logarithmic(
            lambdas.stream().mapToDouble(l -> l).min().orElseThrow(),
            lambdas.stream().mapToDouble(l -> l).max().orElseThrow(),
            60,
            560);
    Axis y =
        Axis.over(
            ridged.stream()
                .flatMapToDouble(m -> m.ldsByLambda().values().stream().mapToDouble(v -> v)),
            270,
            10);
    svg.grid(x, y, 60, 560, 10, 270);
    for (int s = 0; s < ridged.size(); s++) {
      Map<Double, Double> curve = ridged.get(s).ldsByLambda();
      double[] xs = curve.keySet().stream().mapToDouble(x::at).toArray();
      double[] ys = curve.values().stream().mapToDouble(y::at).toArray();
      series(svg, xs, ys, s, ridged.get(s).name());
    }
    return svg.text(310, 312, "middle", "relative ridge λ").upwards(14, 140, "mean LDS").done();
  }

  /** LDS of each method at every validated step, one source. */
  static String overSteps(List<MethodResult> methods, List<Integer> timesteps, String source) {
    List<MethodResult> stepped =
        methods.stream().filter(m -> !m.stepLds().isEmpty()).limit(8).toList();
    if (stepped.isEmpty()) {
      return "";
    }
    Map<String, List<CurvePlot.Point>> curves = new LinkedHashMap<>();
    for (MethodResult method : stepped) {
      curves.put(
          method.name(),
          IntStream.range(0, timesteps.size())
              .mapToObj(s -> point(timesteps.get(s), method.stepLds().get(s).get(source)))
              .toList());
    }
    return CurvePlot.of(curves, "timestep t (noise on the left), " + source, "mean LDS", true);
  }

  private static CurvePlot.Point point(int timestep, Interval lds) {
    return new CurvePlot.Point(timestep, lds.mean(), lds.low(), lds.high());
  }

  /** A query's measured losses over what its scores predicted. */
  static String scatter(Pictures pictures) {
    Svg svg = new Svg(460, 320, "Predicted and measured outputs of one query");
    Axis x = Axis.over(DoubleStream.of(pictures.predicted()), 70, 440);
    Axis y = Axis.over(DoubleStream.of(pictures.measured()), 270, 10);
    svg.grid(x, y, 70, 440, 10, 270);
    IntStream.range(0, pictures.predicted().length)
        .forEach(
            j ->
                svg.circle(
                    x.at(pictures.predicted()[j]),
                    y.at(pictures.measured()[j]),
                    4,
                    "fill-opacity:.7;fill:" + Svg.COLOURS[0],
                    "subset " + j));
    return svg.text(255, 312, "middle", "sum of the subset's scores")
        .upwards(14, 140, "measured loss")
        .done();
  }

  /** Mean and interval in words. */
  static String text(Interval interval) {
    return String.format(
        Locale.ROOT, "%.3f [%.3f, %.3f]", interval.mean(), interval.low(), interval.high());
  }

  private static void series(Svg svg, double[] xs, double[] ys, int number, String name) {
    String colour = Svg.COLOURS[number % Svg.COLOURS.length];
    for (int i = 0; i < xs.length; i++) {
      svg.circle(xs[i], ys[i], 3, "fill:" + colour, name);
      if (i > 0) {
        svg.line(xs[i - 1], ys[i - 1], xs[i], ys[i], "stroke-width:1.5;stroke:" + colour);
      }
    }
    svg.name(number, name);
  }
}
