package dev.cairn.validation.report;

import dev.cairn.validation.Json;
import dev.cairn.validation.lds.MethodResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** One page that needs nothing else: no script, no style sheet, no picture beside it. */
final class HtmlReport {
  private static final String STYLE =
      """
      body{font:15px/1.5 system-ui,sans-serif;color:#111;max-width:800px;margin:2em auto;padding:0 1em}
      h1{font-size:1.5em} h2{font-size:1.15em;margin-top:2em} svg{max-width:100%;height:auto}
      svg text{font:12px system-ui,sans-serif;fill:#333} table{border-collapse:collapse}
      td,th{padding:.25em .8em .25em 0;text-align:left;border-bottom:1px solid #eee;font-variant-numeric:tabular-nums}
      img{width:56px;image-rendering:pixelated;margin:2px} .row img:first-child{margin-right:14px;outline:2px solid #0072B2}
      figcaption,small{color:#555} pre{background:#f6f6f6;padding:1em;overflow:auto;font-size:12px}
      """;

  private final Report report;
  private final Pictures pictures;
  private final StringBuilder page = new StringBuilder();

  HtmlReport(Report report, Pictures pictures) {
    this.report = report;
    this.pictures = pictures;
  }

  String page() {
    List<MethodResult> ranked = report.ranked();
    List<String> sources = report.sources().stream().distinct().toList();
    page.append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">")
        .append("<title>Do the scores tell the truth?</title><style>")
        .append(STYLE)
        .append("</style><h1>Do the scores tell the truth?</h1>");
    paragraph(
        "%d models were retrained, each on its own part of %,d training examples. For every query and every method, the sum of the part's scores predicts how the retrained model does there; the linear datamodelling score (LDS) is the rank correlation of these predictions with the measured losses, over the models. 1 is perfect, 0 is chance. %d queries: %s."
            .formatted(report.subsets(), report.examples(), report.sources().size(), counts()));
    section("Methods", Plots.intervals(ranked, sources), legend(sources));
    table(ranked, sources);
    section(
        "The ridge",
        Plots.overLambda(ranked),
        "The ridge is relative to the mean non-zero eigenvalue of the kernel. Reported values use, for each half of the queries, the ridge that is best on the other half.");
    if (!report.timesteps().isEmpty()) {
      page.append("<h2>Step by step</h2>");
      sources.forEach(
          s -> page.append(Plots.overSteps(ranked, report.timesteps(), s)).append("<br>"));
    }
    section(
        "One query",
        Plots.scatter(pictures),
        "Query %d, whose LDS is the median, by %s. A positive score says that the example pushes the model towards the query: the loss falls to the right."
            .formatted(pictures.query(), pictures.method()));
    images();
    page.append("<h2>What was done</h2><pre>")
        .append(Svg.escape(new String(Json.bytes(report.options()), StandardCharsets.UTF_8)))
        .append("</pre></html>\n");
    return page.toString();
  }

  private String counts() {
    return report.sources().stream().distinct().map(this::count).collect(Collectors.joining(", "));
  }

  private String count(String source) {
    return report.sources().stream().filter(source::equals).count() + " " + source;
  }

  private static String legend(List<String> sources) {
    String[] names = {"blue", "orange", "green"};
    StringBuilder legend = new StringBuilder("Bootstrap over queries. ");
    for (int s = 0; s < sources.size(); s++) {
      legend.append(names[s % names.length]).append(": ").append(sources.get(s)).append(". ");
    }
    return legend.toString();
  }

  private void paragraph(String text) {
    page.append("<p>").append(Svg.escape(text)).append("</p>\n");
  }

  private void section(String title, String plot, String caption) {
    if (!plot.isEmpty()) {
      page.append("<h2>%s</h2><figure>%s<figcaption>".formatted(title, plot))
          .append(Svg.escape(caption))
          .append("</figcaption></figure>\n");
    }
  }

  private void table(List<MethodResult> methods, List<String> sources) {
    page.append("<table><tr><th>method");
    sources.forEach(s -> page.append("<th>LDS, ").append(s));
    page.append("<th>ridge of the halves</tr>");
    for (MethodResult method : methods) {
      page.append("<tr><td>").append(method.name());
      sources.forEach(s -> page.append("<td>").append(Plots.text(method.lds().get(s))));
      page.append("<td>")
          .append(
              method.ldsByLambda().size() < 2
                  ? "–"
                  : method.lambdas().stream().map(Axis::label).collect(Collectors.joining(", ")))
          .append("</tr>\n");
    }
    page.append("</table>\n");
  }

  private void images() {
    if (pictures.rows().isEmpty()) {
      return;
    }
    page.append("<h2>Queries and the examples that push most towards them</h2>");
    for (List<String> row : pictures.rows()) {
      page.append("<div class=\"row\">");
      row.forEach(uri -> page.append("<img alt=\"\" src=\"").append(uri).append("\">"));
      page.append("</div>\n");
    }
    page.append("<small>By ").append(pictures.method()).append("; the query is framed.</small>");
  }
}
