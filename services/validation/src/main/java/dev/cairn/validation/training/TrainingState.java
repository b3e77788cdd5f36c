package dev.cairn.validation.training;

/**
 * Everything that a training carries from step to step.
 *
 * <p>Mutable: vectors of millions of elements are updated in place.
 */
final class TrainingState {
  int step;
  double recentLoss;
  final float[] parameters;
  final float[] firstMoment;
  final float[] secondMoment;
  final float[] average;

  TrainingState(float[] initial) {
    parameters = initial.clone();
    firstMoment = new float[initial.length];
    secondMoment = new float[initial.length];
    average = initial.clone();
  }

  /** The vectors in the order in which a checkpoint has them. */
  float[][] vectors() {
    return new float[][] {parameters, firstMoment, secondMoment, average};
  }
}
