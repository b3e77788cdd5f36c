package dev.cairn.validation.training;

import dev.cairn.runtime.LossGradient;
import dev.cairn.runtime.OpenParameters;
import dev.cairn.runtime.TrainableModel;
import dev.cairn.runtime.TrainingRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Loss and gradient of a batch, in parts of a fixed size whose gradients are summed in order: the
 * bits are the same on any number of cores.
 */
final class ParallelLoss implements AutoCloseable {
  /** Rows a part: more do not make a row cheaper, and fewer parts would leave cores idle. */
  static final int PART_ROWS = 16;

  private final int size;
  private final OpenParameters parameters;
  private final BlockingQueue<LossGradient> idle;
  private final List<LossGradient> all = new ArrayList<>();
  private final ExecutorService threads;

  ParallelLoss(TrainableModel model, int workers) {
    this.size = model.size();
    this.parameters = new OpenParameters(model);
    this.idle = new ArrayBlockingQueue<>(workers);
    for (int i = 0; i < workers; i++) {
      all.add(new LossGradient(parameters, PART_ROWS));
    }
    idle.addAll(all);
    threads =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().name("training-", 0).daemon(true).factory());
  }

  /**
   * @param at θ, where the gradient is taken
   * @param out written: the gradient of the mean loss
   * @return the mean loss
   */
  double run(float[] at, List<TrainingRow> batch, float[] out) throws InterruptedException {
    parameters.set(at);
    List<Callable<Part>> tasks = new ArrayList<>();
    for (int first = 0; first < batch.size(); first += PART_ROWS) {
      List<TrainingRow> rows = batch.subList(first, Math.min(batch.size(), first + PART_ROWS));
      tasks.add(() -> part(rows, 1.0 / batch.size()));
    }
    Arrays.fill(out, 0);
    double loss = 0;
    for (Future<Part> future : threads.invokeAll(tasks)) {
      Part part = result(future);
      loss += part.loss;
      for (int i = 0; i < out.length; i++) {
        out[i] += part.gradient[i];
      }
    }
    return loss;
  }

  private record Part(double loss, float[] gradient) {}

  private Part part(List<TrainingRow> rows, double weight) throws InterruptedException {
    LossGradient worker = idle.take();
    try {
      float[] gradient = new float[size];
      return new Part(worker.run(rows, weight, gradient), gradient);
    } finally {
      idle.add(worker);
    }
  }

  private static Part result(Future<Part> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    threads.close();
    all.forEach(LossGradient::close);
    parameters.close();
  }
}
