package dev.cairn.validation.subsets;

/** Trains a model on some of the examples and says what it does. */
@FunctionalInterface
public interface Retraining {
  /** Hears how many training steps more are done; any thread. */
  interface Steps {
    void done(int more);
  }

  /** Training steps of a model of so many examples; for one whose training is no work, one. */
  default int steps(int examples) {
    return 1;
  }

  /**
   * @param number of the subset, for names of files
   * @param examples indices of the examples that the model is trained on
   * @param steps hears of those that are taken now
   * @return measured outputs, always as many and in the same order
   */
  double[] retrain(int number, int[] examples, Steps steps);
}
