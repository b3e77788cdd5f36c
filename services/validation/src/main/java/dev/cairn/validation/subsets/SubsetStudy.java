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
  private static final String WORK = "retraining steps";

  private final Path directory;
  private final int workers;
  private final Progress progress;
  private long done;
  private long total;

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
    begin(masks, retraining);
    ExecutorService threads =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().name("retraining-", 0).daemon(true).factory());
    try {
      for (int j = 0; j < masks.count(); j++) {
        Path file = file(j);
        int number = j;
        if (Files.exists(file)) {
          outputs[j] = read(file);
        } else {
          running.add(
              threads.submit(
                  () -> {
                    outputs[number] = finish(file, number, masks.indices(number), retraining);
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

  private Path file(int number) {
    return directory.resolve("subset-%04d.npy".formatted(number));
  }

  /** What is left is counted in training steps: models take hours. */
  private synchronized void begin(SubsetMasks masks, Retraining retraining) {
    done = 0;
    total = 0;
    for (int j = 0; j < masks.count(); j++) {
      int steps = retraining.steps(masks.indices(j).length);
      total += steps;
      done += Files.exists(file(j)) ? steps : 0;
    }
    progress.update(WORK, done, total);
  }

  private double[] finish(Path file, int number, int[] examples, Retraining retraining) {
    int[] taken = new int[1];
    write(
        file,
        retraining.retrain(
            number,
            examples,
            more -> {
              taken[0] += more;
              advance(more);
            }));
    advance(retraining.steps(examples.length) - taken[0]);
    return read(file);
  }

  private synchronized void advance(int steps) {
    done += steps;
    progress.update(WORK, done, total);
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
