package dev.cairn.validation.scores;

/** Is told the scores of queries that only choose, and names each method's ridge. */
public interface RidgeSelector {
  /** Hears a method's scores at one ridge. */
  void add(String method, double lambda, ScoreSet scores);

  /** The ridge for final images. */
  double forImages(String method);

  /** The ridge for steps of a trajectory. */
  double forSteps(String method);
}
