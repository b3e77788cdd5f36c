package dev.cairn.validation.removal;

import static java.util.stream.Collectors.joining;

import dev.cairn.validation.lds.Interval;
import dev.cairn.validation.removal.RemovalPlan.Arm;
import dev.cairn.validation.removal.RemovalResult.Curve;
import dev.cairn.validation.removal.RemovalResult.Quartiles;
import dev.cairn.validation.removal.RemovalResult.Ratio;
import dev.cairn.validation.report.Page;
import dev.cairn.validation.report.PngImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The counterfactuals on one page: curves as a table, images before and after. */
final class RemovalPage {
  private static final int MOST_ROWS = 12;

  private final RemovalResult result;
  private final RemovalOutputs outputs;
  private final List<Double> shares;
  private final PngImages png;

  RemovalPage(
      RemovalResult result, RemovalOutputs outputs, List<Double> shares, List<Integer> shape) {
    this.result = result;
    this.outputs = outputs;
    this.shares = shares;
    this.png = new PngImages(shape);
  }

  String page() {
    Page page = new Page("What if these examples had not been there?");
    page.paragraph(
        "For each of %d generations, the model was retrained without the examples that %s scores highest, beside it without as many at random or nearest by pixels, and the image was drawn again from the same noise. Distances are L2 over all pixels, to the image of a model retrained on everything; loss changes are relative."
            .formatted(result.queries(), result.method()));
    page.raw(
        "<table><tr><th>removed<th>share<th>distance, median [quartiles]<th>loss change<th>distance"
            + " where it acts in one fifth of the steps, noise first</tr>");
    for (Curve curve : result.curves()) {
      page.raw(
          "<tr><td>%s<td>%s<td>%s<td>%s<td>%s</tr>\n"
              .formatted(
                  curve.arm(),
                  percent(curve.share()),
                  text(curve.distance()),
                  text(curve.lossChange()),
                  curve.windowDistance().stream().map(RemovalPage::number).toList()));
    }
    page.raw("</table>");
    for (Ratio ratio : result.ratios()) {
      page.paragraph(
          "Without the top %s the image moves %s times as far as without as many %s (ratio of medians)."
              .formatted(percent(ratio.share()), text(ratio.times()), ratio.others()));
    }
    page.figure(
        "How far images move",
        RemovalPlots.overShare(result.curves(), Curve::distance, "pixel distance"),
        "Median and quartiles over the generations; points are set a little apart.");
    page.figure(
        "How the loss changes",
        RemovalPlots.overShare(result.curves(), Curve::lossChange, "relative change of the loss"),
        "At the image that was generated before. Above zero, the model has become worse at it.");
    for (double share : shares) {
      page.figure(
          "Where along the journey, without " + percent(share),
          RemovalPlots.overWindows(result.curves(), share),
          "The retrained model acts in one fifth of the steps only, the model trained on everything in all others.");
    }
    grids(page);
    return page.done();
  }

  private void grids(Page page) {
    for (double share : shares) {
      page.heading("Without %s".formatted(percent(share)));
      List<Arm> arms = new ArrayList<>(List.of(Arm.TOP));
      arms.addAll(outputs.arms(share));
      page.paragraph(
          "Framed: trained on everything. Then without "
              + arms.stream().map(Arm::label).collect(joining(", "))
              + ".");
      for (int q = 0; q < Math.min(result.queries(), MOST_ROWS); q++) {
        int query = q;
        IntStream models =
            IntStream.concat(
                IntStream.of(0), arms.stream().mapToInt(arm -> outputs.model(arm, share, query)));
        page.images(models.mapToObj(model -> png.dataUri(outputs.image(model, query))).toList());
      }
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String text(Quartiles quartiles) {
    return "%s [%s, %s]"
        .formatted(number(quartiles.median()), number(quartiles.low()), number(quartiles.high()));
  }

  private static String text(Interval ratio) {
    return "%s [%s, %s]".formatted(number(ratio.mean()), number(ratio.low()), number(ratio.high()));
  }
}
