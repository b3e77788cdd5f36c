package dev.cairn.runtime.pipeline;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.cairn.diffusion.NoiseBank;
import dev.cairn.runtime.onnx.ModelDigest;
import dev.cairn.runtime.onnx.OnnxSessions;
import dev.cairn.runtime.onnx.OpenTensors;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A latent pipeline's {@code vae_encoder/}: images become latents, (z − shift) · scale, with scale
 * and shift from the VAE's configuration (Rombach et al., arXiv 2112.10752, section D.1). Safe for
 * several threads.
 */
public final class ImageEncoder implements AutoCloseable {

  private static final int CHANNELS = 3;
  private static final double DEFAULT_SCALE = 0.18215; // AutoencoderKL's own default
  private static final String[] CONFIGS = {
    "vae_encoder/config.json", "vae_decoder/config.json", "vae/config.json"
  };

  private final Path model;
  private final OrtSession session;
  private final int[] image;
  private final List<Integer> latent;
  private final double scale;
  private final double shift;
  private final LatentKind kind;
  private final long seed;
  private final NoiseBank noise;

  private ImageEncoder(
      Path model,
      OrtSession session,
      int[] image,
      List<Integer> latent,
      ComponentConfig config,
      LatentKind kind,
      long seed) {
    this.model = model;
    this.session = session;
    this.image = image;
    this.latent = latent;
    this.scale = config.number("scaling_factor").orElse(DEFAULT_SCALE);
    this.shift = config.number("shift_factor").orElse(0);
    this.kind = kind;
    this.seed = seed;
    this.noise = new NoiseBank(seed);
  }

  /** Whether a bundle has one. */
  public static boolean in(Path bundle) {
    return Files.isRegularFile(model(bundle));
  }

  /**
   * Opens a bundle's image encoder.
   *
   * @param latent shape of the latents that the denoiser takes: channels, height, width
   * @param kind which latent stands for an image
   * @param seed of the draws
   * @throws PipelineException if it cannot be used, or makes latents of another shape
   */
  public static ImageEncoder open(Path bundle, List<Integer> latent, LatentKind kind, long seed) {
    Path model = model(bundle);
    try {
      OrtSession session = OnnxSessions.open(model);
      ComponentConfig config = ComponentConfig.first(bundle, CONFIGS);
      int[] image = imageShape(session, config, latent);
      ImageEncoder encoder = new ImageEncoder(model, session, image, latent, config, kind, seed);
      encoder.requireRepeatable();
      return encoder;
    } catch (OrtException e) {
      throw new PipelineException(
          "%s: ONNX Runtime cannot load it (%s)".formatted(model, OnnxSessions.firstLine(e)), e);
    }
  }

  private static Path model(Path bundle) {
    return bundle.resolve("vae_encoder/model.onnx");
  }

  /** As the file fixes it; where it does not, latents are smaller by 2 for each halving block. */
  private static int[] imageShape(OrtSession session, ComponentConfig config, List<Integer> latent)
      throws OrtException {
    NodeInfo input = session.getInputInfo().values().iterator().next();
    long[] stored = ((TensorInfo) input.getInfo()).getShape();
    int factor = 1 << Math.max(0, config.length("block_out_channels") - 1);
    int[] shape = {CHANNELS, latent.get(1) * factor, latent.get(2) * factor};
    for (int axis = 0; axis < shape.length; axis++) {
      if (stored[axis + 1] > 0) {
        shape[axis] = Math.toIntExact(stored[axis + 1]);
      }
    }
    return shape;
  }

  /** Older exporters draw the latent inside the graph, which no seed reaches. */
  private void requireRepeatable() {
    float[] grey = new float[image[0] * image[1] * image[2]];
    if (!Arrays.equals(encode("", grey), encode("", grey))) {
      throw new PipelineException(
          model
              + ": gives another latent each time, so it draws inside; export it anew, with"
              + " latent_parameters as its output");
    }
  }

  /** Returns channels, height and width of the images that it takes. */
  public List<Integer> imageShape() {
    return Arrays.stream(image).boxed().toList();
  }

  /**
   * Encodes one image.
   *
   * @param id key of the draw
   * @param pixels in [−1, 1], shaped as {@link #imageShape}, flattened
   * @return the latent as the denoiser takes it, flattened
   */
  public float[] encode(String id, float[] pixels) {
    String input = session.getInputNames().iterator().next();
    FloatBuffer memory = OpenTensors.direct((long) pixels.length * Float.BYTES).asFloatBuffer();
    memory.put(0, pixels);
    try (OpenTensors open = new OpenTensors()) {
      OnnxTensor tensor = open.floats(memory, 1, image[0], image[1], image[2]);
      try (OrtSession.Result result = session.run(Map.of(input, tensor))) {
        return latent(id, (OnnxTensor) result.get(0));
      }
    } catch (OrtException e) {
      throw new PipelineException(
          "%s: fails on images of %s (%s)"
              .formatted(model, Arrays.toString(image), OnnxSessions.firstLine(e)),
          e);
    }
  }

  private float[] latent(String id, OnnxTensor output) {
    long[] shape = output.getInfo().getShape();
    int channels = latent.get(0);
    boolean parameters = shape.length == 4 && shape[1] == 2L * channels;
    if (shape.length != 4
        || (shape[1] != channels && !parameters)
        || shape[2] != latent.get(1)
        || shape[3] != latent.get(2)) {
      throw new PipelineException(
          "%s: makes %s of an image of %s; the denoiser takes latents of %s"
              .formatted(model, Arrays.toString(shape), Arrays.toString(image), latent));
    }
    FloatBuffer values = output.getFloatBuffer();
    float[] z = new float[channels * latent.get(1) * latent.get(2)];
    values.get(0, z);
    if (parameters && kind == LatentKind.SAMPLE) {
      draw(id, z, values);
    }
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) ((z[i] - shift) * scale);
    }
    return z;
  }

  /** z + e^(½ log σ²) ε, log σ² bounded as in diffusers' DiagonalGaussianDistribution. */
  private void draw(String id, float[] z, FloatBuffer parameters) {
    float[] epsilon = new float[z.length];
    noise.initial("latent " + id, epsilon);
    for (int i = 0; i < z.length; i++) {
      double logVariance = Math.clamp(parameters.get(z.length + i), -30.0, 20.0);
      z[i] += (float) (StrictMath.exp(0.5 * logVariance) * epsilon[i]);
    }
  }

  /** Returns the SHA-256 over the encoder and how its latents are taken, hexadecimal. */
  public String digest() {
    String draws = kind == LatentKind.SAMPLE ? "seed " + seed : "";
    String settings = "%s %s %s %s".formatted(scale, shift, kind, draws);
    MessageDigest digest = ModelDigest.sha256();
    digest.update(ModelDigest.ofModel(model).getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest.digest(settings.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public void close() {
    OnnxSessions.close(session);
  }
}
