package dev.cairn.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.diffusion.SchedulerConfig;
import dev.cairn.runtime.onnx.ModelDigest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A diffusion model as Hugging Face tools export it: a directory with {@code unet/model.onnx} and
 * {@code scheduler/scheduler_config.json}; for a latent pipeline also {@code vae_encoder/}, for a
 * text-conditional one {@code tokenizer/} and {@code text_encoder/}.
 *
 * @param id how events name this model; the directory's name
 * @param directory the bundle
 * @param model the denoiser
 * @param schedule the noise schedule that it was trained with
 * @param digest SHA-256 over the denoiser's digest and the scheduler configuration, hexadecimal
 */
public record ModelBundle(
    String id, Path directory, DenoiserModel model, NoiseSchedule schedule, String digest) {

  private static final List<String> MODEL_FILES =
      List.of("unet/model.onnx", "transformer/model.onnx", "model.onnx");
  private static final List<String> SCHEDULER_FILES =
      List.of("scheduler/scheduler_config.json", "scheduler_config.json");

  /**
   * Opens a bundle.
   *
   * @throws BundleException if a file is missing or cannot be used
   */
  public static ModelBundle open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new BundleException(
          directory + ": no such bundle directory; give one that holds " + MODEL_FILES.getFirst());
    }
    DenoiserModel model =
        DenoiserModel.open(first(directory, MODEL_FILES, "model"), OpenAxes.of(directory));
    Path schedulerFile = first(directory, SCHEDULER_FILES, "scheduler configuration");
    byte[] scheduler = bytes(schedulerFile);
    String id = directory.toAbsolutePath().normalize().getFileName().toString();
    return new ModelBundle(
        id,
        directory,
        model,
        NoiseSchedule.of(config(schedulerFile, scheduler)),
        digest(model, scheduler));
  }

  /** Where the compiled gradient graph of this bundle lies. */
  public Path gradientsDirectory() {
    return directory.resolve("gradients");
  }

  private static Path first(Path directory, List<String> candidates, String what) {
    return candidates.stream()
        .map(directory::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new BundleException(
                    "%s: holds no %s; expected one of %s".formatted(directory, what, candidates)));
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new BundleException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static SchedulerConfig config(Path file, byte[] json) {
    try {
      return SchedulerConfig.parse(
          Json.MAPPER.readValue(json, new TypeReference<Map<String, Object>>() {}));
    } catch (JsonProcessingException e) {
      throw new BundleException(
          "%s: not valid JSON (%s); export the scheduler again"
              .formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new BundleException(file + ": cannot be read (" + e.getMessage() + ")", e);
    } catch (IllegalArgumentException e) {
      throw new BundleException(file + ": " + e.getMessage(), e);
    }
  }

  private static String digest(DenoiserModel model, byte[] scheduler) {
    MessageDigest digest = ModelDigest.sha256();
    digest.update(model.digest().getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest.digest(scheduler));
  }
}
