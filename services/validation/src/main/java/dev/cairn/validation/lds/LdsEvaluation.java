package dev.cairn.validation.lds;

import dev.cairn.validation.ValidationException;
import dev.cairn.validation.scores.ScoreSet;
import dev.cairn.validation.subsets.SubsetMasks;
import java.util.ArrayList;
import java.util.List;

/** Compares score matrices with one table of outputs. */
public final class LdsEvaluation {
  private final int[][] subsets;
  private final int examples;
  private final OutputTable outputs;

  public LdsEvaluation(SubsetMasks masks, OutputTable outputs) {
    this.subsets = masks.indices();
    this.examples = masks.examples();
    this.outputs = outputs;
  }

  /** Where each query comes from. */
  List<String> sources() {
    return outputs.sources();
  }

  /** By target: final images first, then each step that the scores have. */
  List<Predictions> of(ScoreSet scores) {
    List<Predictions> targets = new ArrayList<>();
    targets.add(predictions(scores.images(), 0));
    for (int step = 0; step < scores.steps().length; step++) {
      targets.add(predictions(scores.steps()[step], 1 + step));
    }
    return targets;
  }

  /** A loss falls as a score rises, so that outputs are negative losses. */
  private Predictions predictions(double[][] scores, int target) {
    if (scores.length != outputs.queries() || scores[0].length != examples) {
      throw new ValidationException(
          "scores are %d × %d; they must be queries × examples, %d × %d"
              .formatted(scores.length, scores[0].length, outputs.queries(), examples));
    }
    double[][] losses = outputs.losses(target);
    double[][] predicted = new double[scores.length][subsets.length];
    double[][] measured = new double[scores.length][subsets.length];
    for (int q = 0; q < scores.length; q++) {
      for (int j = 0; j < subsets.length; j++) {
        for (int example : subsets[j]) {
          predicted[q][j] += scores[q][example];
        }
        measured[q][j] = -losses[j][q];
      }
    }
    return new Predictions(predicted, measured);
  }
}
