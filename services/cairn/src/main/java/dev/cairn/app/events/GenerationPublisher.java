package dev.cairn.app.events;

import com.google.protobuf.Message;
import dev.cairn.app.CommandFailure;
import dev.cairn.app.config.ClientConfig;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.ModelInput;
import dev.cairn.runtime.SampledStep;
import dev.cairn.schemas.v1.GenerationCompleted;
import dev.cairn.schemas.v1.GenerationStep;
import dev.cairn.schemas.v1.Tensor;
import dev.cairn.streaming.KafkaReason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes denoising steps and final images, as an image service does. */
public final class GenerationPublisher implements AutoCloseable {

  private static final int LARGEST_REQUEST = 16 << 20;
  private static final int GIVE_UP_MILLIS = 10_000;

  private final ClientConfig config;
  private final ModelBundle bundle;
  private final int[] shape;
  private final EventCodec codec = new EventCodec("/cairn/generate", PayloadLimits.DEFAULT);
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  public GenerationPublisher(ClientConfig config, ModelBundle bundle) {
    this.config = config;
    this.bundle = bundle;
    this.shape =
        bundle.model().signature().sample().shape().stream().mapToInt(Integer::intValue).toArray();
    Map<String, Object> properties = new HashMap<>();
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, GIVE_UP_MILLIS);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, GIVE_UP_MILLIS);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 3 * GIVE_UP_MILLIS);
    properties.putAll(config.clientProperties());
    producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Sends one step; returns before it is acknowledged. */
  public void step(String generationId, SampledStep step) {
    step(generationId, step, Map.of());
  }

  /**
   * Sends one step of a conditional model.
   *
   * @param conditioning the model's further inputs by name, flattened
   */
  public void step(String generationId, SampledStep step, Map<String, float[]> conditioning) {
    send(
        generationId,
        GenerationStep.newBuilder()
            .setGenerationId(generationId)
            .setModel(bundle.id())
            .setStep(step.step())
            .setStepCount(step.stepCount())
            .setTimestep(step.timestep())
            .setLatent(Tensors.of(step.latent(), shape))
            .setPrediction(Tensors.of(step.prediction(), shape))
            .setDenoised(Tensors.of(step.denoised(), shape))
            .putAllConditioning(tensors(conditioning))
            .build());
  }

  /** Sends the last record of a generation, with its final image. */
  public void completed(String generationId, int stepCount, float[] image) {
    completed(generationId, stepCount, image, Map.of());
  }

  /** Sends the last record of a generation of a conditional model. */
  public void completed(
      String generationId, int stepCount, float[] image, Map<String, float[]> conditioning) {
    send(
        generationId,
        GenerationCompleted.newBuilder()
            .setGenerationId(generationId)
            .setModel(bundle.id())
            .setStepCount(stepCount)
            .setImage(Tensors.of(image, shape))
            .putAllConditioning(tensors(conditioning))
            .build());
  }

  private Map<String, Tensor> tensors(Map<String, float[]> conditioning) {
    Map<String, Tensor> tensors = new HashMap<>();
    for (ModelInput input : bundle.model().signature().conditioning()) {
      float[] values = conditioning.get(input.name());
      if (values != null) {
        tensors.put(
            input.name(),
            Tensors.of(values, input.shape().stream().mapToInt(Integer::intValue).toArray()));
      }
    }
    return tensors;
  }

  /**
   * Waits until everything sent is acknowledged.
   *
   * @throws CommandFailure if something was not
   */
  public void flush() {
    producer.flush();
    throwIfFailed();
  }

  private void send(String generationId, Message body) {
    throwIfFailed();
    long nowMicros = System.currentTimeMillis() * 1000;
    var record =
        codec.encode(
            config.topics().generations(),
            generationId,
            body,
            nowMicros,
            PayloadFormat.PROTOBUF,
            List.of());
    producer.send(record, (_, exception) -> failure.compareAndSet(null, exception));
  }

  private void throwIfFailed() {
    Exception exception = failure.get();
    if (exception == null) {
      return;
    }
    String servers = config.kafka().bootstrapServers();
    throw new CommandFailure(
        exception instanceof TimeoutException
            ? "no Kafka broker answers at %s for topic %s; check --bootstrap and that it runs"
                .formatted(servers, config.topics().generations())
            : "cannot publish to topic %s at %s: %s"
                .formatted(config.topics().generations(), servers, KafkaReason.of(exception)),
        exception);
  }

  @Override
  public void close() {
    producer.close();
  }
}
