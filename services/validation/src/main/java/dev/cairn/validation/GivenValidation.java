package dev.cairn.validation;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyArray;
import dev.cairn.attribution.NpyException;
import dev.cairn.validation.lds.LdsEvaluation;
import dev.cairn.validation.lds.LdsTable;
import dev.cairn.validation.lds.OutputTable;
import dev.cairn.validation.report.Pictures;
import dev.cairn.validation.report.Report;
import dev.cairn.validation.report.ReportFiles;
import dev.cairn.validation.scores.ScoreSet;
import dev.cairn.validation.subsets.SubsetMasks;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;

/**
 * The same report for masks, outputs and scores that were made elsewhere: for models too large to
 * be retrained here.
 */
public final class GivenValidation {
  private GivenValidation() {}

  /**
   * @param masks models × examples: which examples each model was trained on
   * @param losses models × queries: the loss of each model at each query
   * @param scores by method, queries × examples; the first is what all are compared with
   * @throws ValidationException if shapes do not fit, there are too few models, or a query's losses
   *     are constant
   */
  public static Report run(
      Path masks, Path losses, SequencedMap<String, Path> scores, Path directory) {
    if (scores.isEmpty()) {
      throw new ValidationException("no scores are given; name at least one method's .npy file");
    }
    Matrix first = matrix(scores.firstEntry().getValue());
    SubsetMasks subsets = SubsetMasks.read(masks, first.columns());
    OutputTable outputs = OutputTable.read(losses, subsets.count());
    LdsTable table = new LdsTable(new LdsEvaluation(subsets, outputs));
    ReportFiles files = new ReportFiles(directory);
    scores.forEach(
        (name, file) -> {
          Matrix matrix = matrix(file);
          if (matrix.rows() != outputs.queries() || matrix.columns() != subsets.examples()) {
            throw new ValidationException(
                "%s: has shape [%d, %d]; scores are queries × examples, here [%d, %d]"
                    .formatted(
                        file,
                        matrix.rows(),
                        matrix.columns(),
                        outputs.queries(),
                        subsets.examples()));
          }
          ScoreSet set = new ScoreSet(matrix.values(), new double[0][][]);
          table.add(name, set);
          files.scores(name, set, List.of());
        });
    subsets.write(directory.resolve("subsets.npy"));
    files.outputs(outputs);
    String reference = scores.firstEntry().getKey();
    Report report =
        Report.of(
            null,
            null,
            subsets.examples(),
            outputs,
            reference,
            table.results(List.copyOf(scores.sequencedKeySet()), reference, null));
    files.write(report, Pictures.of(files, report, subsets, outputs));
    return report;
  }

  private record Matrix(int rows, int columns, double[][] values) {}

  private static Matrix matrix(Path file) {
    try {
      NpyArray array = Npy.readFloats(file);
      int[] shape = array.shape();
      if (shape.length != 2) {
        throw new ValidationException(
            "%s: has shape %s; scores are queries × examples"
                .formatted(file, Arrays.toString(shape)));
      }
      double[][] values = new double[shape[0]][shape[1]];
      for (int i = 0; i < array.data().length; i++) {
        values[i / shape[1]][i % shape[1]] = array.data()[i];
      }
      return new Matrix(shape[0], shape[1], values);
    } catch (NpyException e) {
      throw new ValidationException(e.getMessage(), e);
    }
  }
}
