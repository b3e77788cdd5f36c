package dev.cairn.validation.report;

import dev.cairn.attribution.AtomicFile;
import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyArray;
import dev.cairn.validation.Json;
import dev.cairn.validation.ValidationException;
import dev.cairn.validation.lds.OutputTable;
import dev.cairn.validation.scores.ScoreSet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The arrays and pages that a validation leaves behind. */
public final class ReportFiles {
  private final Path directory;

  public ReportFiles(Path directory) {
    this.directory = directory;
  }

  /** Writes {@code outputs.npy}, models × queries, and {@code outputs-tT.npy} for each step. */
  public void outputs(OutputTable outputs) {
    outputs.write(directory.resolve("outputs.npy"), 0);
    for (int step = 0; step < outputs.timesteps().size(); step++) {
      outputs.write(
          directory.resolve("outputs-t%d.npy".formatted(outputs.timesteps().get(step))), step + 1);
    }
  }

  /**
   * Writes {@code scores-METHOD.npy}, queries × examples, and {@code scores-METHOD-tT.npy} for each
   * step that has scores of its own.
   */
  public void scores(String method, ScoreSet scores, List<Integer> timesteps) {
    write(method, scores.images());
    for (int step = 0; step < timesteps.size(); step++) {
      if (scores.steps()[step] != scores.images()) {
        write(method + "-t" + timesteps.get(step), scores.steps()[step]);
      }
    }
  }

  private void write(String name, double[][] rows) {
    int columns = rows[0].length;
    float[] flat = new float[rows.length * columns];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) rows[i / columns][i % columns];
    }
    Npy.writeFloats(
        directory.resolve("scores-" + name + ".npy"), new int[] {rows.length, columns}, flat);
  }

  /** Reads the scores of a method's final images, query × example. */
  public float[][] scores(String method) {
    Path file = directory.resolve("scores-" + method + ".npy");
    if (!Files.exists(file)) {
      throw new ValidationException(file + ": no such scores; validate without removals first");
    }
    NpyArray array = Npy.readFloats(file);
    int columns = array.shape()[1];
    float[][] rows = new float[array.shape()[0]][];
    for (int q = 0; q < rows.length; q++) {
      rows[q] = Arrays.copyOfRange(array.data(), q * columns, (q + 1) * columns);
    }
    return rows;
  }

  /** Writes {@code report.json} and {@code report.html}. */
  public void write(Report report, Pictures pictures) {
    AtomicFile.write(directory.resolve("report.json"), Json.bytes(report));
    byte[] page = new HtmlReport(report, pictures).page().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(directory.resolve("report.html"), page);
  }
}
