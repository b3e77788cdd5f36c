package dev.cairn.validation.subsets;

/** Trains a model on some of the examples and says what it does. */
@FunctionalInterface
public interface Retraining {
  /**
   * @param number of the subset, for names of files
   * @param examples indices of the examples that the model is trained on
   * @return measured outputs, always as many and in the same order
   */
  double[] retrain(int number, int[] examples);
}
