package dev.cairn.runtime.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The {@code tokenizer.json} of a CLIP tokenizer that was saved as {@code vocab.json} and {@code
 * merges.txt}, the form that diffusion pipelines are shipped in; made as transformers'
 * CLIPConverter makes it.
 */
final class ClipTokenizerJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";
  private static final String WORDS =
      "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

  private ClipTokenizerJson() {}

  static byte[] of(Path vocabulary, Path merges) throws IOException {
    ObjectNode vocab = (ObjectNode) MAPPER.readTree(vocabulary.toFile());
    if (!vocab.has(START) || !vocab.has(END)) {
      throw new PipelineException(
          vocabulary
              + ": no CLIP vocabulary; save the tokenizer with save_pretrained of its fast form,"
              + " which writes tokenizer.json");
    }
    ObjectNode root = MAPPER.createObjectNode().put("version", "1.0");
    ArrayNode added = root.putArray("added_tokens");
    for (String token : List.of(START, END)) {
      added
          .addObject()
          .put("id", vocab.get(token).asInt())
          .put("content", token)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", token.equals(START))
          .put("special", true);
    }
    normalizer(root.putObject("normalizer").put("type", "Sequence").putArray("normalizers"));
    splitting(root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers"));
    ObjectNode post =
        root.putObject("post_processor")
            .put("type", "RobertaProcessing")
            .put("trim_offsets", false)
            .put("add_prefix_space", false);
    post.putArray("sep").add(END).add(vocab.get(END).asInt());
    post.putArray("cls").add(START).add(vocab.get(START).asInt());
    ObjectNode model = root.putObject("model");
    model
        .put("type", "BPE")
        .put("unk_token", END)
        .put("continuing_subword_prefix", "")
        .put("end_of_word_suffix", "</w>")
        .put("fuse_unk", false)
        .set("vocab", vocab);
    ArrayNode pairs = model.putArray("merges");
    Files.readAllLines(merges).stream()
        .filter(line -> !line.startsWith("#version") && line.contains(" "))
        .forEach(pairs::add);
    return MAPPER.writeValueAsBytes(root);
  }

  private static void normalizer(ArrayNode steps) {
    steps.addObject().put("type", "NFC");
    ObjectNode spaces = steps.addObject().put("type", "Replace").put("content", " ");
    spaces.putObject("pattern").put("Regex", "\\s+");
    steps.addObject().put("type", "Lowercase");
  }

  private static void splitting(ArrayNode steps) {
    ObjectNode split = steps.addObject().put("type", "Split").put("behavior", "Removed");
    split.put("invert", true).putObject("pattern").put("Regex", WORDS);
    steps
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }
}
