package dev.cairn.validation.training;

/** Hears how a training comes along, from one thread. */
@FunctionalInterface
public interface TrainingProgress {
  /**
   * @param step steps done
   * @param steps steps in all
   * @param loss mean over about the last hundred steps
   */
  void update(int step, int steps, double loss);

  /** Hears nothing. */
  static TrainingProgress none() {
    return (_, _, _) -> {};
  }
}
