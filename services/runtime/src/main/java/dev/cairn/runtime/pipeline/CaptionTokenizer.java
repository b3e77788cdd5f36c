package dev.cairn.runtime.pipeline;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * A pipeline's {@code tokenizer/}: texts become token numbers, cut and padded to one length, as the
 * pipeline does when it draws.
 */
final class CaptionTokenizer implements AutoCloseable {

  static {
    // The native library is in the jar. Without these, DJL asks the network for one that fits a
    // GPU, and reports its use.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    if (System.getProperty("RUST_FLAVOR") == null) {
      System.setProperty("RUST_FLAVOR", "cpu");
    }
  }

  /** Tokens of one text; the mask is 1 where a token is none of the padding. */
  record Tokens(long[] ids, long[] mask) {}

  private final HuggingFaceTokenizer tokenizer;
  private final int length;
  private final long padding;

  private CaptionTokenizer(HuggingFaceTokenizer tokenizer, int length, long padding) {
    this.tokenizer = tokenizer;
    this.length = length;
    this.padding = padding;
  }

  /**
   * @param length tokens of every text
   * @throws PipelineException if the directory holds no tokenizer that can be read
   */
  static CaptionTokenizer open(Path directory, int length) {
    try {
      byte[] json = json(directory);
      HuggingFaceTokenizer tokenizer =
          HuggingFaceTokenizer.newInstance(
              new ByteArrayInputStream(json),
              Map.of(
                  "padding",
                  "false",
                  "truncation",
                  "true",
                  "maxLength",
                  Integer.toString(length),
                  "modelMaxLength",
                  Integer.toString(length)));
      return new CaptionTokenizer(tokenizer, length, padding(directory, json));
    } catch (IOException | RuntimeException e) {
      throw e instanceof PipelineException pipeline
          ? pipeline
          : new PipelineException(
              "%s: no tokenizer that can be read (%s)".formatted(directory, e.getMessage()), e);
    }
  }

  private static byte[] json(Path directory) throws IOException {
    Path fast = directory.resolve("tokenizer.json");
    if (Files.isRegularFile(fast)) {
      return Files.readAllBytes(fast);
    }
    Path vocabulary = directory.resolve("vocab.json");
    Path merges = directory.resolve("merges.txt");
    if (Files.isRegularFile(vocabulary) && Files.isRegularFile(merges)) {
      return ClipTokenizerJson.of(vocabulary, merges);
    }
    throw new PipelineException(
        directory + ": holds neither tokenizer.json nor vocab.json and merges.txt");
  }

  /** The number of the padding token; 0 where a tokenizer names none. */
  private static long padding(Path directory, byte[] json) throws IOException {
    String token =
        ComponentConfig.first(directory, "special_tokens_map.json")
            .text("pad_token")
            .or(() -> ComponentConfig.first(directory, "tokenizer_config.json").text("pad_token"))
            .orElse(null);
    JsonNode root = new ObjectMapper().readTree(json);
    if (token == null) {
      return root.path("padding").path("pad_id").asLong(0);
    }
    for (JsonNode added : root.path("added_tokens")) {
      if (added.path("content").asText().equals(token)) {
        return added.path("id").asLong();
      }
    }
    return root.path("model").path("vocab").path(token).asLong(0);
  }

  Tokens tokens(String text) {
    Encoding encoding = tokenizer.encode(text);
    long[] ids = Arrays.copyOf(encoding.getIds(), length);
    long[] mask = new long[length];
    int used = Math.min(length, encoding.getIds().length);
    Arrays.fill(ids, used, length, padding);
    Arrays.fill(mask, 0, used, 1);
    return new Tokens(ids, mask);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
