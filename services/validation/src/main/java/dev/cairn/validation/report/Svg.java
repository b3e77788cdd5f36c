package dev.cairn.validation.report;

import java.util.Locale;

/** A drawing, element by element. Units are CSS pixels; text is escaped. */
final class Svg {
  /** Colours that colour-blind readers tell apart (Okabe and Ito 2008). */
  static final String[] COLOURS = {
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8A8A8A"
  };

  private static final String GRID = "stroke:#ddd";
  private static final String ZERO = "stroke:#888";

  private final StringBuilder out = new StringBuilder();

  Svg(int width, int height, String title) {
    out.append(
        "<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" aria-label=\"%s\">%n"
            .formatted(width, height, width, escape(title)));
  }

  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  Svg line(double x1, double y1, double x2, double y2, String style) {
    return add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" style=\"%s\"/>",
        x1, y1, x2, y2, style);
  }

  Svg circle(double x, double y, double radius, String style, String title) {
    return add(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" style=\"%s\"><title>%s</title></circle>",
        x, y, radius, style, escape(title));
  }

  /** Text anchored at its start, middle or end. */
  Svg text(double x, double y, String anchor, String text) {
    return add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, escape(text));
  }

  /** Text that reads upwards, centred. */
  Svg upwards(double x, double y, String text) {
    return add(
        "<text transform=\"translate(%.1f %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>",
        x, y, escape(text));
  }

  /** Lines and numbers of two axes. */
  Svg grid(Axis x, Axis y, double left, double right, double top, double bottom) {
    return vertical(x, top, bottom).horizontal(y, left, right);
  }

  /** Lines and numbers of an axis that runs across. */
  Svg vertical(Axis x, double top, double bottom) {
    for (double tick : x.ticks()) {
      line(x.at(tick), top, x.at(tick), bottom, tick == 0 ? ZERO : GRID);
      text(x.at(tick), bottom + 16, "middle", Axis.label(tick));
    }
    return this;
  }

  private Svg horizontal(Axis y, double left, double right) {
    for (double tick : y.ticks()) {
      line(left, y.at(tick), right, y.at(tick), tick == 0 ? ZERO : GRID);
      text(left - 6, y.at(tick) + 4, "end", Axis.label(tick));
    }
    return this;
  }

  /** A curve's name beside the drawing, in its colour. */
  Svg name(int number, String name) {
    circle(582, 26 + 20 * number, 4, "fill:" + COLOURS[number % COLOURS.length], name);
    return text(592, 30 + 20 * number, "start", name);
  }

  String done() {
    return out.append("</svg>\n").toString();
  }

  private Svg add(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }
}
