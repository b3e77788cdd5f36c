package dev.cairn.attributor;

import static dev.cairn.schemas.v1.DeadLetterClass.MALFORMED;
import static dev.cairn.schemas.v1.DeadLetterClass.UNKNOWN_BUNDLE;

import dev.cairn.attributor.events.RejectedException;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.runtime.ModelInput;
import dev.cairn.runtime.ModelSignature;
import dev.cairn.runtime.Region;
import dev.cairn.schemas.v1.GenerationCompleted;
import dev.cairn.schemas.v1.GenerationStep;
import dev.cairn.schemas.v1.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Checks what a generation's records claim against the model that they name. Everything that passes
 * can be run: shapes fit the graph, values are finite, the timestep is on the schedule.
 */
final class GenerationReader {
  private static final int LONGEST_ID = 256;

  private final Map<String, ServedModel> models;

  GenerationReader(Map<String, ServedModel> models) {
    if (models.isEmpty()) {
      throw new IllegalArgumentException("the gradient stage needs at least one model");
    }
    this.models = new TreeMap<>(models); // sorted, because reasons list the known ids
  }

  /**
   * A step, ready to run.
   *
   * @param latent x_t; null if the producer sent x̂_0 and left it out
   * @param prediction what the sampler used; null if not sent
   * @param denoised x̂_0; null if not sent
   * @param region whose loss is asked for
   */
  record Step(
      ServedModel model,
      float[] latent,
      float[] prediction,
      float[] denoised,
      Map<String, float[]> conditioning,
      Optional<Region> region) {}

  /** A final image, ready to run. */
  record Image(ServedModel model, float[] image, Map<String, float[]> conditioning) {}

  /**
   * @throws RejectedException unknown-bundle, wrong-shape, not-finite or malformed, each saying
   *     what is expected
   */
  Step step(GenerationStep step) {
    requireId(step.getGenerationId());
    ServedModel model = model(step.getModel());
    requirePosition(step);
    requireTimestep(step, model.bundle().schedule());
    if (!step.hasLatent() && !step.hasDenoised()) {
      throw new RejectedException(
          MALFORMED, "latent is missing; expected x_t, or denoised (the estimate of x_0)");
    }
    List<Integer> shape = model.bundle().model().signature().sample().shape();
    return new Step(
        model,
        step.hasLatent() ? values("latent", step.getLatent(), shape) : null,
        step.hasPrediction() ? values("prediction", step.getPrediction(), shape) : null,
        step.hasDenoised() ? values("denoised", step.getDenoised(), shape) : null,
        conditioning(model.bundle().model().signature(), step.getConditioningMap()),
        step.hasMask() ? Optional.of(region(step.getMask(), shape)) : Optional.empty());
  }

  /** A mask of one channel stands for all of them. */
  private static Region region(Tensor mask, List<Integer> shape) {
    boolean ofOneChannel = mask.getShapeCount() == shape.size() - 1;
    float[] given = values("mask", mask, ofOneChannel ? shape.subList(1, shape.size()) : shape);
    float[] weights = new float[shape.stream().reduce(1, Math::multiplyExact)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = given[i % given.length];
    }
    try {
      return new Region(weights);
    } catch (IllegalArgumentException e) {
      throw new RejectedException(MALFORMED, e.getMessage());
    }
  }

  /**
   * @throws RejectedException as {@link #step}
   */
  Image completed(GenerationCompleted completed) {
    requireId(completed.getGenerationId());
    ServedModel model = model(completed.getModel());
    if (!completed.hasImage()) {
      throw new RejectedException(MALFORMED, "image is missing; expected x_0");
    }
    ModelSignature signature = model.bundle().model().signature();
    return new Image(
        model,
        values("image", completed.getImage(), signature.sample().shape()),
        conditioning(signature, completed.getConditioningMap()));
  }

  private ServedModel model(String id) {
    ServedModel model = models.get(id);
    if (model == null) {
      throw new RejectedException(
          UNKNOWN_BUNDLE,
          "model is '%s'; this process serves %s"
              .formatted(id, String.join(", ", models.keySet())));
    }
    return model;
  }

  private static void requireId(String id) {
    if (id.isBlank() || id.length() > LONGEST_ID) {
      throw new RejectedException(
          MALFORMED,
          "generation_id of %d characters; expected 1 to %d".formatted(id.length(), LONGEST_ID));
    }
  }

  private static void requirePosition(GenerationStep step) {
    // Unsigned on the wire: a value beyond 2^31 arrives as a negative int.
    if (step.getStepCount() < 1 || step.getStep() < 0 || step.getStep() >= step.getStepCount()) {
      throw new RejectedException(
          MALFORMED,
          "step is %s of step_count %s; expected 0 <= step < step_count"
              .formatted(
                  Integer.toUnsignedString(step.getStep()),
                  Integer.toUnsignedString(step.getStepCount())));
    }
  }

  private static void requireTimestep(GenerationStep step, NoiseSchedule schedule) {
    if (step.getTimestep() < 0 || step.getTimestep() >= schedule.timesteps()) {
      throw new RejectedException(
          MALFORMED,
          "timestep is %d; the schedule of %s has timesteps 0 to %d"
              .formatted(step.getTimestep(), step.getModel(), schedule.timesteps() - 1));
    }
  }

  private static Map<String, float[]> conditioning(
      ModelSignature signature, Map<String, Tensor> sent) {
    Map<String, float[]> values = new HashMap<>();
    for (ModelInput input : signature.conditioning()) {
      Tensor tensor = sent.get(input.name());
      if (tensor == null) {
        throw new RejectedException(
            MALFORMED,
            "conditioning '%s' is missing; expected shape %s"
                .formatted(input.name(), input.shape()));
      }
      values.put(
          input.name(), values("conditioning '" + input.name() + "'", tensor, input.shape()));
    }
    if (values.size() < sent.size()) {
      TreeSet<String> unknown = new TreeSet<>(sent.keySet());
      unknown.removeAll(values.keySet());
      throw new RejectedException(
          MALFORMED,
          "conditioning %s is unknown; the model takes %s"
              .formatted(unknown, new TreeSet<>(values.keySet())));
    }
    return values;
  }

  private static float[] values(String name, Tensor tensor, List<Integer> shape) {
    return Tensors.floats(name, tensor, shape.stream().mapToInt(Integer::intValue).toArray());
  }
}
