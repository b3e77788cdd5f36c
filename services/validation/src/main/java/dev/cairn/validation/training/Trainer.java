package dev.cairn.validation.training;

import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.validation.ValidationException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Trains a denoiser (Ho et al. 2020, algorithm 1). The result's bits depend on model, data and
 * options only: not on the number of workers, nor on how often the training was interrupted.
 */
public final class Trainer {
  private final TrainableModel model;
  private final NoiseSchedule schedule;
  private final TrainingOptions options;
  private final int workers;

  /**
   * @param workers threads, each with its own session
   */
  public Trainer(
      TrainableModel model, NoiseSchedule schedule, TrainingOptions options, int workers) {
    this.model = model;
    this.schedule = schedule;
    this.options = options;
    this.workers = workers;
  }

  /**
   * What came out of a training.
   *
   * @param parameters the moving average, or the last parameters where there is none
   * @param loss mean over about the last hundred steps
   */
  public record Result(float[] parameters, double loss) {}

  /**
   * Trains, or goes on from the checkpoint.
   *
   * @param initial parameters to start from
   * @param checkpoint file that survives an interruption
   * @throws ValidationException if the checkpoint is of another training, or the loss is no longer
   *     a number
   */
  public Result train(
      TrainingSet set, float[] initial, Path checkpoint, TrainingProgress progress) {
    Checkpoint saved = new Checkpoint(checkpoint, fingerprint(set, initial));
    TrainingState state = saved.read(model.size()).orElseGet(() -> new TrainingState(initial));
    int width = model.model().signature().sample().shape().getLast();
    BatchSampler sampler = new BatchSampler(set, schedule, options, width);
    Optimiser optimiser = new Optimiser(options);
    float[] gradient = new float[model.size()];
    try (ParallelLoss loss = new ParallelLoss(model, workers)) {
      while (state.step < options.steps()) {
        double value = loss.run(state.parameters, sampler.batch(state.step), gradient);
        if (!Double.isFinite(value)) {
          throw new ValidationException(
              "the loss is %s after %d steps; choose a smaller learning rate than %s"
                  .formatted(value, state.step, options.learningRate()));
        }
        optimiser.step(state, value, gradient);
        progress.update(state.step, options.steps(), state.recentLoss);
        if (state.step % options.checkpointEvery() == 0 || state.step == options.steps()) {
          saved.write(state);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ValidationException("the training was interrupted; run it again to go on", e);
    }
    boolean averaged = options.averageDecay() > 0;
    return new Result(averaged ? state.average : state.parameters, state.recentLoss);
  }

  private String fingerprint(TrainingSet set, float[] initial) {
    return "%s|%s|%s|%s|%08x|%08x"
        .formatted(
            model.model().digest(),
            set.data().digest(),
            schedule.config(),
            options,
            Arrays.hashCode(set.indices()),
            Arrays.hashCode(initial));
  }
}
