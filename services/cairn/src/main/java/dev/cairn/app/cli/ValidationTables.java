package dev.cairn.app.cli;

import dev.cairn.validation.lds.Interval;
import dev.cairn.validation.lds.MethodResult;
import dev.cairn.validation.removal.RemovalResult;
import dev.cairn.validation.report.Report;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Results of validations on a terminal. */
record ValidationTables(PrintStream to) {

  /** LDS of every method, the best first. */
  void print(Report report) {
    List<String> sources = report.sources().stream().distinct().toList();
    to.printf("%-26s", "LDS");
    sources.forEach(source -> to.printf("  %-24s", source));
    to.println();
    for (MethodResult method : report.ranked()) {
      to.printf("%-26s", method.name());
      sources.forEach(source -> to.printf("  %-24s", text(method.lds().get(source))));
      to.println();
    }
  }

  void print(RemovalResult removal) {
    for (RemovalResult.Ratio ratio : removal.ratios()) {
      to.printf(
          Locale.ROOT,
          "Without the top %.1f %% by %s, images move %s times as far as without as many %s"
              + " (medians of %d)%n",
          100 * ratio.share(),
          removal.method(),
          text(ratio.times()),
          ratio.others(),
          removal.queries());
    }
  }

  private static String text(Interval value) {
    return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", value.mean(), value.low(), value.high());
  }
}
