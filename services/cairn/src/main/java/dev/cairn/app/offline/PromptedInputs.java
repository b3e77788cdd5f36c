package dev.cairn.app.offline;

import dev.cairn.app.CommandFailure;
import dev.cairn.runtime.Guidance;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.ModelInput;
import dev.cairn.runtime.RowFile;
import dev.cairn.runtime.pipeline.TextEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What images are drawn or scored under: prompts, which the bundle's text encoder turns into an
 * input, and rows of files for its other inputs. Where there are fewer than images, they are used
 * in turn.
 */
public final class PromptedInputs implements AutoCloseable {

  private static final String TEXT = "encoder_hidden_states";

  private final List<String> prompts;
  private final Map<String, RowFile> rows;
  private final TextEncoder encoder;

  private PromptedInputs(List<String> prompts, Map<String, RowFile> rows, TextEncoder encoder) {
    this.prompts = List.copyOf(prompts);
    this.rows = rows;
    this.encoder = encoder;
  }

  /**
   * Finds where each conditioning input of a model comes from.
   *
   * @param prompts may be empty
   * @param directory of {@code INPUT.npy} files; null for none
   * @throws CommandFailure if an input comes from nowhere, or prompts fit no input
   */
  public static PromptedInputs open(ModelBundle bundle, List<String> prompts, Path directory) {
    Map<String, RowFile> rows = new TreeMap<>();
    boolean text = false;
    for (ModelInput input : bundle.model().signature().conditioning()) {
      Path file = directory == null ? null : directory.resolve(input.name() + ".npy");
      if (file != null && Files.isRegularFile(file)) {
        rows.put(input.name(), RowFile.open(file, input.shape()));
      } else if (input.name().equals(TEXT)
          && !prompts.isEmpty()
          && TextEncoder.in(bundle.directory())) {
        text = true;
      } else {
        throw new CommandFailure(
            "%s: takes an input %s of shape %s; give --prompt (with text_encoder and tokenizer in the bundle), or --conditioning DIR with %s.npy"
                .formatted(bundle.directory(), input.name(), input.shape(), input.name()));
      }
    }
    if (!prompts.isEmpty() && !text) {
      throw new CommandFailure(
          bundle.directory() + ": takes no prompts; its denoiser has no input " + TEXT);
    }
    return new PromptedInputs(prompts, rows, text ? TextEncoder.open(bundle.directory()) : null);
  }

  /** Returns the inputs of image i by name, flattened. */
  public Map<String, float[]> of(int i) {
    return inputs(i, prompts.isEmpty() ? null : prompts.get(i % prompts.size()));
  }

  /**
   * Guidance away from a prompt.
   *
   * @param negative the prompt that stands for no condition; empty for none
   * @param scale see {@link Guidance}
   */
  public Guidance guidance(String negative, double scale) {
    if (scale == 1) {
      return Guidance.none();
    }
    if (encoder == null) {
      throw new CommandFailure("--guidance-scale needs --prompt: there is nothing to guide by");
    }
    return new Guidance(inputs(0, negative), scale);
  }

  private Map<String, float[]> inputs(int i, String prompt) {
    Map<String, float[]> inputs = new HashMap<>();
    rows.forEach((name, file) -> inputs.put(name, file.row(i % file.rows())));
    if (encoder != null) {
      inputs.put(TEXT, encoder.encode(prompt));
    }
    return inputs;
  }

  @Override
  public void close() {
    if (encoder != null) {
      encoder.close();
    }
  }
}
