package dev.cairn.app.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** A text-conditional latent pipeline with small random weights, and captioned pictures for it. */
final class TextPipeline {

  static final int PICTURES = 12;
  private static final List<String> COLOURS = List.of("red", "green", "blue");
  private static final List<Color> PAINTS = List.of(Color.RED, Color.GREEN, Color.BLUE);

  private TextPipeline() {}

  static Path bundle(Path parent) throws IOException {
    Path source = resources();
    Path bundle = parent.resolve("text-latents");
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, bundle.resolve(source.relativize(file).toString()));
      }
    }
    return bundle;
  }

  /** A folder of squares, a sub-folder a colour; every second picture has two captions. */
  static Path pictures(Path parent) throws IOException {
    Path data = parent.resolve("pictures");
    StringBuilder metadata = new StringBuilder();
    for (int i = 0; i < PICTURES; i++) {
      String colour = COLOURS.get(i % COLOURS.size());
      String name = "%s/%02d.png".formatted(colour, i);
      Path file = data.resolve(name);
      Files.createDirectories(file.getParent());
      ImageIO.write(square(PAINTS.get(i % PAINTS.size()), i), "png", file.toFile());
      String captions =
          i % 2 == 0
              ? "\"a %s square\"".formatted(colour)
              : "[\"a %1$s square\", \"%1$s on the left\"]".formatted(colour);
      metadata.append("{\"file_name\": \"%s\", \"text\": %s}%n".formatted(name, captions));
    }
    Files.writeString(data.resolve("metadata.jsonl"), metadata);
    return data;
  }

  private static BufferedImage square(Color paint, int i) {
    BufferedImage image = new BufferedImage(24, 20, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(paint);
    graphics.fillRect(i, i % 5, 8, 8);
    graphics.dispose();
    return image;
  }

  private static Path resources() {
    try {
      return Path.of(TextPipeline.class.getResource("/text-latents").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
