package dev.cairn.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.cairn.runtime.onnx.OnnxSessions;
import dev.cairn.runtime.onnx.OpenTensors;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns rows into mean projected gradients. Named platform threads run one shared session; rows of
 * many callers (records, partitions, generations) share its micro-batches.
 */
public final class GradientEngine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GradientEngine.class);

  /**
   * Those of all engines of this process, several of which a registry counts together: of a second
   * gauge with one name it would take no notice.
   */
  private static final Set<RowQueue> QUEUES = ConcurrentHashMap.newKeySet();

  private final CompiledGradients gradients;
  private final EngineOptions options;
  private final OrtSession session;
  private final RowQueue queue = new RowQueue();
  private final List<Thread> workers = new ArrayList<>();
  private final Timer runTimer;
  private final DistributionSummary rowsPerRun;
  private final Counter runCpu;

  public GradientEngine(CompiledGradients gradients, EngineOptions options, MeterRegistry meters) {
    this.gradients = gradients;
    this.options = options;
    this.session = gradients.openSession();
    this.runTimer =
        Timer.builder("cairn.gradient.run.seconds")
            .description("Time of one run of the gradient graph")
            .publishPercentileHistogram()
            .register(meters);
    this.rowsPerRun =
        DistributionSummary.builder("cairn.gradient.rows")
            .description("Rows that shared one run of the gradient graph")
            .register(meters);
    this.runCpu =
        Counter.builder("cairn.gradient.run.cpu.seconds")
            .description("CPU time of the runs of the gradient graph")
            .register(meters);
    QUEUES.add(queue);
    Gauge.builder("cairn.gradient.queue", QUEUES, GradientEngine::waiting)
        .description("Rows waiting for a run of the gradient graph")
        .register(meters);
    Gauge.builder("cairn.tensors.open", OpenTensors::count)
        .description("ONNX Runtime tensors open in this process")
        .register(meters);
    for (int worker = 0; worker < options.workers(); worker++) {
      workers.add(Thread.ofPlatform().name("gradient-" + worker).daemon(true).start(this::work));
    }
  }

  private static double waiting(Set<RowQueue> queues) {
    return queues.stream().mapToInt(RowQueue::size).sum();
  }

  /**
   * Computes the mean over rows of F(x_t, t, c; s, o) (METHOD §2, §4).
   *
   * @param rows at least one
   * @param normalise whether each row's feature is scaled to unit norm before averaging
   * @return the mean, length K; its bits do not depend on which other rows share the batches
   */
  public CompletableFuture<float[]> meanFeatures(List<GradientRow> rows, boolean normalise) {
    List<GradientRow> fixed = List.copyOf(rows);
    return meanFeatures(fixed.size(), fixed::get, normalise);
  }

  /**
   * Computes a mean of rows that are made when their turn comes.
   *
   * @param size number of rows, at least one
   * @param rows makes row i; called from worker threads, as often as it is run
   */
  public CompletableFuture<float[]> meanFeatures(
      int size, IntFunction<GradientRow> rows, boolean normalise) {
    if (size < 1) {
      throw new IllegalArgumentException("a mean needs at least one row");
    }
    MeanRequest request = new MeanRequest(size, rows, normalise);
    queue.add(request);
    return request.mean();
  }

  /** Returns how many rows keep every worker busy while the next ones are being made ready. */
  int rowsAtOnce() {
    return 2 * options.workers() * options.maxRows();
  }

  private void work() {
    GradientBatch batch = new GradientBatch(gradients, session, options.maxRows());
    List<RowQueue.Waiting> rows = queue.take(options.maxRows());
    while (!rows.isEmpty()) {
      List<RowQueue.Waiting> current = rows;
      runTimer.record(() -> run(batch, current));
      runCpu.increment(batch.lastRunCpuNanos() / 1e9);
      rowsPerRun.record(rows.size());
      rows = queue.take(options.maxRows());
    }
  }

  private void run(GradientBatch batch, List<RowQueue.Waiting> taken) {
    List<RowQueue.Waiting> waiting = new ArrayList<>(taken.size());
    List<GradientRow> rows = new ArrayList<>(taken.size());
    for (RowQueue.Waiting one : taken) {
      try {
        rows.add(one.request().row(one.row()));
        waiting.add(one);
      } catch (RuntimeException e) {
        one.request().fail(e); // and not those that share its batch
      }
    }
    if (!rows.isEmpty()) {
      run(batch, waiting, rows);
    }
  }

  private static void run(
      GradientBatch batch, List<RowQueue.Waiting> waiting, List<GradientRow> rows) {
    try {
      float[][] features = batch.features(rows);
      for (int i = 0; i < features.length; i++) {
        waiting.get(i).request().complete(waiting.get(i).row(), features[i]);
      }
    } catch (OrtException | RuntimeException e) {
      LOG.debug("a run of the gradient graph failed", e);
      waiting.forEach(one -> one.request().fail(e));
    }
  }

  /** Fails what still waits, ends the workers after their current run, and frees the session. */
  @Override
  public void close() {
    QUEUES.remove(queue);
    queue
        .close()
        .forEach(w -> w.request().fail(new IllegalStateException("the gradient engine is closed")));
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException _) {
          interrupted = true; // a session must not be freed under a running worker
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    OnnxSessions.close(session);
  }
}
