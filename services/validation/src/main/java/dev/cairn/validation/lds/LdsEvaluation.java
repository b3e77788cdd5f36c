package dev.cairn.validation.lds;

import dev.cairn.attribution.Metrics;
import dev.cairn.validation.ValidationException;
import dev.cairn.validation.scores.ScoreSet;
import dev.cairn.validation.subsets.SubsetMasks;

/** Linear datamodelling scores of score matrices against one table of outputs. */
public final class LdsEvaluation {
  private final int[][] subsets;
  private final int examples;
  private final OutputTable outputs;

  public LdsEvaluation(SubsetMasks masks, OutputTable outputs) {
    this.subsets = masks.indices();
    this.examples = masks.examples();
    this.outputs = outputs;
  }

  /** LDS of a method, target × query: final images first, then each step that it has. */
  public double[][] of(ScoreSet scores) {
    double[][] lds = new double[1 + scores.steps().length][];
    lds[0] = lds(scores.images(), 0);
    for (int step = 0; step < scores.steps().length; step++) {
      lds[1 + step] = lds(scores.steps()[step], 1 + step);
    }
    return lds;
  }

  /** A loss falls as a score rises, so that outputs are negative losses. */
  private double[] lds(double[][] scores, int target) {
    if (scores.length != outputs.queries() || scores[0].length != examples) {
      throw new ValidationException(
          "scores are %d × %d; they must be queries × examples, %d × %d"
              .formatted(scores.length, scores[0].length, outputs.queries(), examples));
    }
    double[][] losses = outputs.losses(target);
    double[][] negative = new double[losses.length][losses[0].length];
    for (int j = 0; j < negative.length; j++) {
      for (int q = 0; q < negative[j].length; q++) {
        negative[j][q] = -losses[j][q];
      }
    }
    return Metrics.lds(scores, subsets, negative);
  }
}
