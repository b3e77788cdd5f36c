package dev.cairn.validation.report;

import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.lds.MethodResult;
import dev.cairn.validation.lds.OutputTable;
import dev.cairn.validation.subsets.Query;
import dev.cairn.validation.subsets.QuerySet;
import dev.cairn.validation.subsets.SubsetMasks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a reader looks at: queries with their most influential examples, and one query's predictions
 * against its measurements.
 *
 * @param rows a query's picture, then those of its examples; empty where images are not known
 * @param method whose scores these are
 * @param query number of the query that has the median LDS
 * @param predicted Σ of its scores over each subset
 * @param measured its losses in the models of those subsets
 */
public record Pictures(
    List<List<String>> rows, String method, int query, double[] predicted, double[] measured) {
  private static final int QUERIES = 10;
  private static final int EXAMPLES = 10;

  /** Pictures of the best method's scores. */
  public static Pictures of(
      ReportFiles files,
      Report report,
      SubsetMasks masks,
      OutputTable outputs,
      TrainingData data,
      QuerySet queries,
      ModelBundle bundle) {
    float[][] scores = files.scores(report.best().name());
    PngImages png = new PngImages(bundle.model().signature().sample().shape());
    List<List<String>> rows = new ArrayList<>();
    int stride = Math.max(1, queries.size() / QUERIES);
    for (int q = 0; q < queries.size() && rows.size() < QUERIES; q += stride) {
      Query query = queries.queries().get(q);
      List<String> row = new ArrayList<>(List.of(png.dataUri(query.image())));
      float[] own = scores[q];
      IntStream.range(0, own.length)
          .boxed()
          .sorted(Comparator.comparingDouble(i -> -own[i]))
          .limit(EXAMPLES)
          .forEach(i -> row.add(png.dataUri(data.image(i))));
      rows.add(row);
    }
    return of(rows, report, scores, masks, outputs);
  }

  /** Without images: for masks and outputs that were given. */
  public static Pictures of(
      ReportFiles files, Report report, SubsetMasks masks, OutputTable outputs) {
    return of(List.of(), report, files.scores(report.best().name()), masks, outputs);
  }

  private static Pictures of(
      List<List<String>> rows,
      Report report,
      float[][] scores,
      SubsetMasks masks,
      OutputTable outputs) {
    MethodResult best = report.best();
    int query =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(q -> best.perQuery().get(q)))
            .skip(scores.length / 2)
            .findFirst()
            .orElseThrow();
    double[] predicted = new double[masks.count()];
    double[] measured = new double[masks.count()];
    for (int j = 0; j < predicted.length; j++) {
      for (int i : masks.indices(j)) {
        predicted[j] += scores[query][i];
      }
      measured[j] = outputs.losses(0)[j][query];
    }
    return new Pictures(rows, best.name(), query, predicted, measured);
  }
}
