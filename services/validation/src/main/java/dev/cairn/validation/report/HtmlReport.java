package dev.cairn.validation.report;

import dev.cairn.validation.Json;
import dev.cairn.validation.lds.LabelRetrieval;
import dev.cairn.validation.lds.MethodResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The report as one page. */
final class HtmlReport {
  private final Report report;
  private final Pictures pictures;
  private final Page page = new Page("Do the scores tell the truth?");

  HtmlReport(Report report, Pictures pictures) {
    this.report = report;
    this.pictures = pictures;
  }

  String page() {
    List<MethodResult> ranked = report.ranked();
    List<String> sources = report.sources().stream().distinct().toList();
    page.paragraph(
        "%d models were retrained, each on its own part of %,d training examples. For every query and every method, the sum of the part's scores predicts how the retrained model does there; the linear datamodelling score (LDS) is the rank correlation of these predictions with the measured losses, over the models. 1 is perfect, 0 is chance. %d queries: %s."
            .formatted(report.subsets(), report.examples(), report.sources().size(), counts()));
    page.figure("Methods", Plots.intervals(ranked, sources), legend(sources));
    table(ranked, sources);
    page.figure(
        "The ridge",
        Plots.overLambda(ranked),
        "The ridge is relative to the mean non-zero eigenvalue of the kernel. These are the queries that choose it; they are not reported.");
    for (String source : report.timesteps().isEmpty() ? List.<String>of() : sources) {
      page.figure(
          "Step by step, " + source,
          Plots.overSteps(ranked, report.timesteps(), source),
          "The query is the denoised estimate of that step, and so is what was measured.");
    }
    furtherTables(sources);
    page.figure(
        "One query",
        Plots.scatter(pictures),
        "Query %d, whose LDS is the median, by %s. A positive score says that the example pushes the model towards the query: the loss falls to the right."
            .formatted(pictures.query(), pictures.method()));
    if (!pictures.rows().isEmpty()) {
      page.heading("Queries and the examples that push most towards them");
      pictures.rows().forEach(page::images);
      page.paragraph("By %s; the query is framed.".formatted(pictures.method()));
    }
    if (report.options() != null) {
      String options = new String(Json.bytes(report.options()), StandardCharsets.UTF_8);
      page.heading("What was done").raw("<pre>" + Svg.escape(options) + "</pre>");
    }
    return page.done();
  }

  private void furtherTables(List<String> sources) {
    if (!report.groups().isEmpty()) {
      page.heading("Whole classes left out");
      page.paragraph(
          "Models that each lack one class: rank correlation, over the classes, of the sum of the class's scores with what its absence does. A sum of single scores is no estimate of that by itself; here it is measured.");
      page.raw("<table><tr><th>method");
      sources.forEach(s -> page.raw("<th>" + s));
      page.raw("</tr>");
      for (MethodResult method : report.groups()) {
        page.raw("<tr><td>" + Svg.escape(method.name()));
        sources.forEach(s -> page.raw("<td>" + Plots.text(method.lds().get(s))));
        page.raw("</tr>\n");
      }
      page.raw("</table>\n");
    }
    if (!report.retrieval().isEmpty()) {
      page.heading("The query's own class");
      page.paragraph(
          "Of queries whose class is known: how much of that class stands among the highest scores. This says what scores look at, not whether they are true.");
      page.raw("<table><tr><th>method<th>precision at 10<th>recall at 100<th>mAP</tr>");
      for (LabelRetrieval.Result result : report.retrieval()) {
        page.raw(
            String.format(
                Locale.ROOT,
                "<tr><td>%s<td>%.3f<td>%.3f<td>%.3f</tr>%n",
                Svg.escape(result.name()),
                result.precisionAtTen(),
                result.recallAt().get(100),
                result.meanAveragePrecision()));
      }
      page.raw("</table>\n");
    }
    if (!report.mislabelled().isEmpty()) {
      page.heading("Mislabelled examples");
      page.paragraph("Area under the ROC curve of finding them by their influence on themselves.");
      page.raw("<table>");
      report
          .mislabelled()
          .forEach(
              (method, area) ->
                  page.raw(
                      String.format(
                          Locale.ROOT, "<tr><td>%s<td>%.3f</tr>%n", Svg.escape(method), area)));
      page.raw("</table>\n");
    }
  }

  private String counts() {
    return report.sources().stream().distinct().map(this::count).collect(Collectors.joining(", "));
  }

  private String count(String source) {
    return report.sources().stream().filter(source::equals).count() + " " + source;
  }

  private static String legend(List<String> sources) {
    String[] names = {"blue", "orange", "green"};
    StringBuilder legend = new StringBuilder("Bootstrap over subsets and queries. ");
    for (int s = 0; s < sources.size(); s++) {
      legend.append(names[s % names.length]).append(": ").append(sources.get(s)).append(". ");
    }
    return legend.toString();
  }

  private void table(List<MethodResult> methods, List<String> sources) {
    page.raw("<table><tr><th>method");
    sources.forEach(s -> page.raw("<th>LDS, " + s));
    sources.forEach(s -> page.raw("<th>behind " + Svg.escape(report.reference()) + ", " + s));
    page.raw("<th>ridge</tr>");
    for (MethodResult method : methods) {
      page.raw("<tr><td>" + Svg.escape(method.name()));
      sources.forEach(s -> page.raw("<td>" + Plots.text(method.lds().get(s))));
      sources.forEach(
          s -> page.raw("<td>" + (reference(method) ? "" : Plots.text(method.behind().get(s)))));
      String ridge = method.ldsByLambda().isEmpty() ? "–" : Axis.label(method.lambda());
      page.raw("<td>" + ridge + "</tr>\n");
    }
    page.raw("</table>\n");
  }

  private boolean reference(MethodResult method) {
    return method.name().equals(report.reference());
  }
}
