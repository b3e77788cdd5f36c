package dev.cairn.validation.lds;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyArray;
import dev.cairn.attribution.NpyException;
import dev.cairn.validation.ValidationException;
import dev.cairn.validation.subsets.Query;
import dev.cairn.validation.subsets.QuerySet;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the retrained models did: the loss of every model at every query, of final images and of
 * single steps.
 */
public final class OutputTable {
  private final double[][][] losses;
  private final List<String> sources;
  private final List<Integer> timesteps;

  /**
   * @param losses target × model × query; target 0 is the final image, target 1 + s is step s
   * @param sources where each query comes from; intervals are given a source
   * @param timesteps of the steps
   */
  private OutputTable(double[][][] losses, List<String> sources, List<Integer> timesteps) {
    this.losses = losses;
    this.sources = List.copyOf(sources);
    this.timesteps = List.copyOf(timesteps);
  }

  /**
   * @param measured model × measurement, as a study gives them
   * @throws ValidationException if a query's losses are all equal or not numbers
   */
  public static OutputTable of(double[][] measured, QuerySet queries) {
    int size = queries.size();
    double[][][] losses = new double[1 + queries.timesteps().size()][measured.length][];
    for (int target = 0; target < losses.length; target++) {
      for (int j = 0; j < measured.length; j++) {
        losses[target][j] = Arrays.copyOfRange(measured[j], target * size, (target + 1) * size);
      }
    }
    List<String> sources =
        queries.queries().stream().map(Query::source).map(Query.Source::label).toList();
    return checked("the retrained models", losses, sources, queries.timesteps());
  }

  /**
   * Reads losses that were measured elsewhere.
   *
   * @param file models × queries
   * @param models as many as there are masks
   */
  public static OutputTable read(Path file, int models) {
    NpyArray array;
    try {
      array = Npy.readFloats(file);
    } catch (NpyException e) {
      throw new ValidationException(e.getMessage(), e);
    }
    int[] shape = array.shape();
    if (shape.length != 2 || shape[0] != models || shape[1] == 0) {
      throw new ValidationException(
          "%s: has shape %s; outputs are models × queries, and there are masks of %d models"
              .formatted(file, Arrays.toString(shape), models));
    }
    double[][] losses = new double[models][shape[1]];
    for (int j = 0; j < models; j++) {
      for (int q = 0; q < shape[1]; q++) {
        losses[j][q] = array.data()[j * shape[1] + q];
      }
    }
    List<String> sources = Collections.nCopies(shape[1], "given");
    return checked(file.toString(), new double[][][] {losses}, sources, List.of());
  }

  private static OutputTable checked(
      String where, double[][][] losses, List<String> sources, List<Integer> timesteps) {
    for (int target = 0; target < losses.length; target++) {
      for (int q = 0; q < sources.size(); q++) {
        int query = q;
        double[] column = Arrays.stream(losses[target]).mapToDouble(row -> row[query]).toArray();
        String place = target == 0 ? "" : " at timestep " + timesteps.get(target - 1);
        if (!Arrays.stream(column).allMatch(Double::isFinite)) {
          throw new ValidationException(
              "%s: an output of query %d%s is not a number; measure it again"
                  .formatted(where, q, place));
        }
        if (Arrays.stream(column).distinct().count() == 1) {
          throw new ValidationException(
              "%s: all %d models put out %s for query %d%s, so nothing can be ranked; check that the models were trained on different subsets"
                  .formatted(where, column.length, column[0], q, place));
        }
      }
    }
    return new OutputTable(losses, sources, timesteps);
  }

  /** The same of some queries only. */
  public OutputTable only(int[] queries) {
    double[][][] some = new double[losses.length][models()][];
    for (int target = 0; target < losses.length; target++) {
      for (int j = 0; j < models(); j++) {
        double[] row = losses[target][j];
        some[target][j] = IntStream.of(queries).mapToDouble(q -> row[q]).toArray();
      }
    }
    return new OutputTable(some, IntStream.of(queries).mapToObj(sources::get).toList(), timesteps);
  }

  public int models() {
    return losses[0].length;
  }

  public int queries() {
    return sources.size();
  }

  public List<String> sources() {
    return sources;
  }

  public List<Integer> timesteps() {
    return timesteps;
  }

  /** Losses of final images (target 0) or of step target − 1, model × query. */
  public double[][] losses(int target) {
    return losses[target];
  }

  /** Writes the losses of a target, models × queries. */
  public void write(Path file, int target) {
    double[] flat = Arrays.stream(losses[target]).flatMapToDouble(Arrays::stream).toArray();
    Npy.writeDoubles(file, new int[] {models(), queries()}, flat);
  }
}
