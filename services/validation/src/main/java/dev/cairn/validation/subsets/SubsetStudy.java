package dev.cairn.validation.subsets;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.Progress;
import dev.cairn.validation.ValidationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Retrains a model on every subset, several side by side. What a finished model did is written at
 * once, so that an interrupted study goes on with those that are missing.
 */
public final class SubsetStudy {
  private final Path directory;
  private final int workers;
  private final Progress progress;
  private int finished;

  /**
   * @param directory of the finished models' outputs; it must belong to the same masks and
   *     retraining
   * @param workers models at a time
   */
  public SubsetStudy(Path directory, int workers, Progress progress) {
    this.directory = directory;
    this.workers = workers;
    this.progress = progress;
  }

  /**
   * Runs the study, or what is left of it.
   *
   * @return model × measurement
   */
  public double[][] run(SubsetMasks masks, Retraining retraining) {
    double[][] outputs = new double[masks.count()][];
    List<Future<?>> running = new ArrayList<>();
    finished = 0;
    ExecutorService threads =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().name("retraining-", 0).daemon(true).factory());
    try {
      for (int j = 0; j < masks.count(); j++) {
        Path file = directory.resolve("subset-%04d.npy".formatted(j));
        int number = j;
        if (Files.exists(file)) {
          outputs[j] = read(file);
          advance(masks.count());
        } else {
          running.add(
              threads.submit(
                  () -> {
                    write(file, retraining.retrain(number, masks.indices(number)));
                    outputs[number] = read(file);
                    advance(masks.count());
                  }));
        }
      }
      for (Future<?> each : running) {
        await(each);
      }
    } finally {
      threads.shutdownNow();
    }
    return outputs;
  }

  private synchronized void advance(int total) {
    progress.update("models retrained", ++finished, total);
  }

  private static void await(Future<?> model) {
    try {
      model.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ValidationException("the validation was interrupted; run it again to go on", e);
    }
  }

  /** In single precision, which is also what the caller gets: before and after a resumption. */
  private static void write(Path file, double[] outputs) {
    float[] floats = new float[outputs.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) outputs[i];
    }
    Npy.writeFloats(file, new int[] {floats.length}, floats);
  }

  private static double[] read(Path file) {
    float[] floats = Npy.readFloats(file).data();
    double[] doubles = new double[floats.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }
}
