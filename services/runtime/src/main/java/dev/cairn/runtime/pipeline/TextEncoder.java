package dev.cairn.runtime.pipeline;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.cairn.runtime.onnx.ModelDigest;
import dev.cairn.runtime.onnx.OnnxSessions;
import dev.cairn.runtime.onnx.OpenTensors;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A pipeline's {@code tokenizer/} and {@code text_encoder/}: captions become what the denoiser
 * takes as {@code encoder_hidden_states}, the last hidden states, tokens × width. Safe for several
 * threads.
 */
public final class TextEncoder implements AutoCloseable {

  private static final int REMEMBERED = 256;
  private static final long LONGEST = 100_000; // transformers writes 1e30 for "no limit"
  private static final String STATES = "last_hidden_state";

  private final Path directory;
  private final CaptionTokenizer tokenizer;
  private final OrtSession session;
  private final int tokens;
  private final Map<String, float[]> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
          return size() > REMEMBERED;
        }
      };

  private TextEncoder(Path directory, CaptionTokenizer tokenizer, OrtSession session, int tokens) {
    this.directory = directory;
    this.tokenizer = tokenizer;
    this.session = session;
    this.tokens = tokens;
  }

  /** Whether a bundle has one. */
  public static boolean in(Path bundle) {
    return Files.isRegularFile(model(bundle)) && Files.isDirectory(bundle.resolve("tokenizer"));
  }

  /**
   * Opens a bundle's text encoder.
   *
   * @throws PipelineException if a part of it is missing or cannot be used
   */
  public static TextEncoder open(Path bundle) {
    int tokens = tokens(bundle);
    CaptionTokenizer tokenizer = CaptionTokenizer.open(bundle.resolve("tokenizer"), tokens);
    try {
      return new TextEncoder(bundle, tokenizer, OnnxSessions.open(model(bundle)), tokens);
    } catch (OrtException e) {
      tokenizer.close();
      throw new PipelineException(
          "%s: ONNX Runtime cannot load it (%s)"
              .formatted(model(bundle), OnnxSessions.firstLine(e)),
          e);
    }
  }

  /** How many tokens a bundle's captions are cut and padded to. */
  public static int tokens(Path bundle) {
    long length =
        ComponentConfig.first(bundle, "tokenizer/tokenizer_config.json")
            .whole("model_max_length", 0)
            .orElse(Long.MAX_VALUE);
    if (length > LONGEST) {
      length =
          ComponentConfig.first(bundle, "text_encoder/config.json")
              .whole("max_position_embeddings", 0)
              .orElseThrow(
                  () ->
                      new PipelineException(
                          bundle
                              + ": neither tokenizer/tokenizer_config.json (model_max_length) nor"
                              + " text_encoder/config.json says how long a caption is"));
    }
    return Math.toIntExact(length);
  }

  private static Path model(Path bundle) {
    return bundle.resolve("text_encoder/model.onnx");
  }

  /** Returns the states of a caption, tokens × width, flattened. */
  public float[] encode(String caption) {
    synchronized (remembered) {
      float[] known = remembered.get(caption);
      if (known != null) {
        return known;
      }
    }
    float[] states = run(tokenizer.tokens(caption));
    synchronized (remembered) {
      remembered.put(caption, states);
    }
    return states;
  }

  private float[] run(CaptionTokenizer.Tokens caption) {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (OpenTensors open = new OpenTensors()) {
      for (NodeInfo input : session.getInputInfo().values()) {
        long[] values =
            switch (input.getName()) {
              case "input_ids" -> caption.ids();
              case "attention_mask" -> caption.mask();
              default ->
                  throw new PipelineException(
                      "%s: takes an input %s; known are input_ids and attention_mask"
                          .formatted(model(directory), input.getName()));
            };
        inputs.put(input.getName(), tensor(open, input, values));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        FloatBuffer states = states(result).getFloatBuffer();
        float[] flat = new float[states.remaining()];
        states.get(flat);
        return flat;
      }
    } catch (OrtException e) {
      throw new PipelineException(
          "%s: fails on %d tokens (%s)"
              .formatted(model(directory), tokens, OnnxSessions.firstLine(e)),
          e);
    }
  }

  private OnnxTensor tensor(OpenTensors open, NodeInfo input, long[] values) throws OrtException {
    boolean narrow = ((TensorInfo) input.getInfo()).type == OnnxJavaType.INT32;
    ByteBuffer memory = OpenTensors.direct((long) tokens * Long.BYTES);
    for (int i = 0; i < tokens; i++) {
      if (narrow) {
        memory.putInt(i * Integer.BYTES, (int) values[i]);
      } else {
        memory.putLong(i * Long.BYTES, values[i]);
      }
    }
    return narrow
        ? open.ints(memory.asIntBuffer().slice(0, tokens), 1, tokens)
        : open.longs(memory.asLongBuffer(), 1, tokens);
  }

  private OnnxTensor states(OrtSession.Result result) {
    Optional<?> named = result.get(STATES);
    Object states = named.isPresent() ? named.get() : result.get(0);
    if (states instanceof OnnxTensor tensor && tensor.getInfo().getShape().length == 3) {
      return tensor;
    }
    throw new PipelineException(model(directory) + ": has no output " + STATES);
  }

  /** Returns the SHA-256 over the encoder and the tokenizer's files, hexadecimal. */
  public String digest() {
    Path directory = this.directory.resolve("tokenizer");
    List<Path> files =
        Stream.of(
                "tokenizer.json",
                "vocab.json",
                "merges.txt",
                "tokenizer_config.json",
                "special_tokens_map.json")
            .map(directory::resolve)
            .filter(Files::isRegularFile)
            .toList();
    return ModelDigest.over(Stream.concat(Stream.of(model(this.directory)), files.stream()));
  }

  @Override
  public void close() {
    tokenizer.close();
    OnnxSessions.close(session);
  }
}
