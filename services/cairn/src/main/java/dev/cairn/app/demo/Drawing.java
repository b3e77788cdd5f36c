package dev.cairn.app.demo;

import dev.cairn.app.config.ClientConfig;
import dev.cairn.app.events.GenerationPublisher;
import dev.cairn.diffusion.DdimSampler;
import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.ImageGenerator;
import dev.cairn.runtime.ModelBundle;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** The image service of the demonstration: draws on a thread of its own and publishes each step. */
final class Drawing {

  /**
   * Steps published but not yet attributed. A model of useful size takes tens of milliseconds a
   * step; this one takes one, so without a bound the latency shown would be the length of a queue.
   */
  private static final int STEPS_AHEAD = 4;

  private static final long LEISURELY_STEP_NANOS = 150_000_000;

  private final DemoOptions options;
  private final ModelBundle bundle;
  private final ClientConfig config;
  private final Semaphore ahead = new Semaphore(STEPS_AHEAD);
  private final CompletableFuture<Void> finished = new CompletableFuture<>();

  Drawing(DemoOptions options, ModelBundle bundle, ClientConfig config) {
    this.options = options;
    this.bundle = bundle;
    this.config = config;
  }

  void start() {
    Thread.ofPlatform()
        .name("demo-drawing")
        .daemon(true)
        .start(
            () -> {
              try {
                drawAll();
                finished.complete(null);
              } catch (RuntimeException | Error e) {
                finished.completeExceptionally(e);
              }
            });
  }

  /** Says that a result has arrived, so that the next step may be published. */
  void resultArrived() {
    ahead.release();
  }

  /**
   * Returns when there is nothing more to draw, which {@code --keep} puts off for ever.
   *
   * @throws RuntimeException if drawing or publishing has failed
   */
  void await() {
    finished.join();
  }

  /**
   * @throws RuntimeException if drawing or publishing has failed
   */
  void throwIfFailed() {
    if (finished.isCompletedExceptionally()) {
      finished.join();
    }
  }

  /** As fast as a larger model would, which is what a person can follow. */
  private static void drawAtLeisure(
      ImageGenerator generator, GenerationPublisher publisher, String id) {
    draw(generator, publisher, id, () -> LockSupport.parkNanos(LEISURELY_STEP_NANOS));
    publisher.flush();
  }

  private static void draw(
      ImageGenerator generator, GenerationPublisher publisher, String id, Runnable pace) {
    float[] image =
        generator.generate(
            id,
            Map.of(),
            step -> {
              pace.run();
              publisher.step(id, step);
            });
    pace.run();
    publisher.completed(id, DemoOptions.STEPS, image);
  }

  private void drawAll() {
    DdimSampler sampler = DdimSampler.of(bundle.schedule(), DemoOptions.STEPS, 0);
    try (Denoiser denoiser = new Denoiser(bundle.model());
        GenerationPublisher publisher = new GenerationPublisher(config, bundle)) {
      ImageGenerator generator = new ImageGenerator(bundle, denoiser, sampler, options.seed());
      for (int i = 0; i < options.generations(); i++) {
        draw(generator, publisher, options.generationId(i), ahead::acquireUninterruptibly);
      }
      publisher.flush();
      for (int i = options.generations(); options.keep(); i++) {
        drawAtLeisure(generator, publisher, options.generationId(i));
      }
    }
  }
}
