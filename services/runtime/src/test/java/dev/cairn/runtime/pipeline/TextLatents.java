package dev.cairn.runtime.pipeline;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The text-conditional latent pipeline with small random weights. */
public final class TextLatents {

  private TextLatents() {}

  public static Path resources() {
    try {
      return Path.of(TextLatents.class.getResource("/text-latents").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
