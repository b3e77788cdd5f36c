package dev.cairn.runtime;

import dev.cairn.runtime.pipeline.ComponentConfig;
import dev.cairn.runtime.pipeline.TextEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Sizes of the axes that an exported denoiser leaves open besides the batch. Exporters state them
 * in {@code unet/config.json} (sample_size, in_channels, cross_attention_dim) and in the
 * tokenizer's configuration.
 */
@FunctionalInterface
public interface OpenAxes {

  /**
   * The size of an axis.
   *
   * @param input name of the model's input
   * @param axis counted with the batch
   */
  OptionalLong size(String input, int axis);

  /** No axis but the batch may be open. */
  static OpenAxes none() {
    return (_, _) -> OptionalLong.empty();
  }

  /** As the configuration files of a bundle state them. */
  static OpenAxes of(Path bundle) {
    ComponentConfig model =
        ComponentConfig.first(bundle, "unet/config.json", "transformer/config.json");
    return (input, axis) ->
        switch (input) {
          case "sample", "hidden_states" ->
              axis == 1 ? model.whole("in_channels", 0) : model.whole("sample_size", axis - 2);
          case "encoder_hidden_states" ->
              axis == 1 ? tokens(bundle) : model.whole("cross_attention_dim", 0);
          default -> OptionalLong.empty();
        };
  }

  private static OptionalLong tokens(Path bundle) {
    return Files.isDirectory(bundle.resolve("tokenizer"))
        ? OptionalLong.of(TextEncoder.tokens(bundle))
        : OptionalLong.empty();
  }
}
