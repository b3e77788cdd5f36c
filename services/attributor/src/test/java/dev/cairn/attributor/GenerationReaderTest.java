package dev.cairn.attributor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cairn.attributor.events.RejectedException;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.diffusion.SchedulerConfig;
import dev.cairn.runtime.DenoiserModel;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.ModelInput;
import dev.cairn.runtime.ModelSignature;
import dev.cairn.schemas.v1.GenerationCompleted;
import dev.cairn.schemas.v1.GenerationStep;
import dev.cairn.schemas.v1.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GenerationReaderTest {
  private static final Tensor SAMPLE = Tensors.of(new float[] {1, 2, 3, 4}, 1, 2, 2);
  private static final Tensor TEXT = Tensors.of(new float[6], 2, 3);

  private final GenerationReader reader =
      new GenerationReader(Map.of("plain", model(List.of()), "text", model(List.of(text()))));

  @Test
  void a_step_that_fits_its_model_passes() {
    GenerationReader.Step step = reader.step(step().build());

    assertThat(step.latent()).containsExactly(1, 2, 3, 4);
    assertThat(step.prediction()).isNull();
    assertThat(step.denoised()).isNull();
    assertThat(step.conditioning()).isEmpty();
  }

  @Test
  void conditioning_arrives_by_name() {
    GenerationStep step =
        step().setModel("text").putConditioning("encoder_hidden_states", TEXT).build();

    assertThat(reader.step(step).conditioning()).containsOnlyKeys("encoder_hidden_states");
  }

  @Test
  void an_unknown_bundle_is_answered_with_those_there_are() {
    assertRejected(
        step().setModel("dall-e"),
        "unknown-bundle",
        "model is 'dall-e'; this process serves plain, text");
  }

  @Test
  void a_generation_needs_an_id_of_reasonable_length() {
    assertRejected(step().setGenerationId(" "), "malformed", "generation_id");
    assertRejected(step().setGenerationId("g".repeat(257)), "malformed", "expected 1 to 256");
  }

  @Test
  void a_timestep_must_be_on_the_schedule() {
    assertRejected(
        step().setTimestep(1000),
        "malformed",
        "timestep is 1000; the schedule of plain has timesteps 0 to 999");
    assertRejected(step().setTimestep(-1), "malformed", "timestep is -1");
  }

  @Test
  void a_step_must_lie_within_its_generation() {
    assertRejected(
        step().setStep(50), "malformed", "step is 50 of step_count 50; expected 0 <= step");
    assertRejected(step().setStepCount(0), "malformed", "step_count 0");
    assertRejected(step().setStep(-1), "malformed", "step is 4294967295");
  }

  @Test
  void a_latent_of_another_shape_is_refused() {
    assertRejected(
        step().setLatent(Tensors.of(new float[9], 1, 3, 3)),
        "wrong-shape",
        "latent: expected shape [1, 2, 2], got [1, 3, 3]");
  }

  @Test
  void every_tensor_that_is_sent_must_be_finite() {
    Tensor broken = Tensors.of(new float[] {0, 0, Float.NaN, 0}, 1, 2, 2);

    assertRejected(step().setLatent(broken), "not-finite", "latent: element [0, 1, 0] is NaN");
    assertRejected(step().setPrediction(broken), "not-finite", "prediction: element [0, 1, 0]");
    assertRejected(step().setDenoised(broken), "not-finite", "denoised: element [0, 1, 0]");
  }

  @Test
  void an_estimate_can_stand_in_for_the_latent() {
    assertThat(reader.step(step().clearLatent().setDenoised(SAMPLE).build()).latent()).isNull();

    assertRejected(step().clearLatent(), "malformed", "latent is missing");
    assertRejected(step().clearLatent().setPrediction(SAMPLE), "malformed", "latent is missing");
  }

  @Test
  void missing_conditioning_is_named_with_its_shape() {
    assertRejected(
        step().setModel("text"),
        "malformed",
        "conditioning 'encoder_hidden_states' is missing; expected shape [2, 3]");
  }

  @Test
  void conditioning_of_another_shape_is_refused() {
    assertRejected(
        step().setModel("text").putConditioning("encoder_hidden_states", SAMPLE),
        "wrong-shape",
        "conditioning 'encoder_hidden_states': expected shape [2, 3], got [1, 2, 2]");
  }

  @Test
  void unknown_conditioning_is_refused_by_name() {
    assertRejected(
        step().putConditioning("class_labels", TEXT),
        "malformed",
        "conditioning [class_labels] is unknown; the model takes []");
  }

  @Test
  void a_mask_must_name_a_region_of_the_output() {
    assertRejected(step().setMask(Tensors.of(new float[2], 2)), "wrong-shape", "mask");
    assertRejected(
        step().setMask(Tensors.of(new float[4], 2, 2)), "malformed", "mask is 0 everywhere");
    assertRejected(
        step().setMask(Tensors.of(new float[] {1, -1, 0, 0}, 2, 2)),
        "malformed",
        "mask holds -1.0");
    assertThat(
            reader
                .step(step().setMask(Tensors.of(new float[] {1, 0, 0, 0}, 2, 2)).build())
                .region())
        .isPresent();
  }

  @Test
  void a_completion_needs_an_image_that_fits() {
    var completed = GenerationCompleted.newBuilder().setGenerationId("g").setModel("plain");

    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> reader.completed(completed.build()))
        .withMessage("image is missing; expected x_0");
    assertThat(reader.completed(completed.setImage(SAMPLE).build()).image())
        .containsExactly(1, 2, 3, 4);
  }

  private void assertRejected(GenerationStep.Builder step, String wireClass, String inReason) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(() -> reader.step(step.build()))
        .returns(wireClass, RejectedException::wireClass)
        .satisfies(e -> assertThat(e.getMessage()).contains(inReason));
  }

  private static GenerationStep.Builder step() {
    return GenerationStep.newBuilder()
        .setGenerationId("g")
        .setModel("plain")
        .setStep(3)
        .setStepCount(50)
        .setTimestep(940)
        .setLatent(SAMPLE);
  }

  private static ModelInput text() {
    return new ModelInput("encoder_hidden_states", ModelInput.Type.FLOAT32, List.of(2, 3));
  }

  private static ServedModel model(List<ModelInput> conditioning) {
    var signature =
        new ModelSignature(
            new ModelInput("sample", ModelInput.Type.FLOAT32, List.of(1, 2, 2)),
            new ModelInput("timestep", ModelInput.Type.INT64, List.of()),
            conditioning,
            "out_sample");
    Path nowhere = Path.of("nowhere");
    NoiseSchedule schedule =
        NoiseSchedule.of(SchedulerConfig.parse(Map.of("num_train_timesteps", 1000)));
    var bundle =
        new ModelBundle(
            "m", nowhere, new DenoiserModel(nowhere, "", signature, Map.of()), schedule, "");
    return new ServedModel(bundle, null, null);
  }
}
