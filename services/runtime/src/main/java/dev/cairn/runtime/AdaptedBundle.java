package dev.cairn.runtime;

import dev.cairn.attribution.AtomicFile;
import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.scope.ParameterScope;
import dev.cairn.runtime.adapter.AdaptedModel;
import dev.cairn.runtime.compile.SimplificationException;
import dev.cairn.runtime.compile.SinglePrecision;
import dev.cairn.runtime.onnx.OnnxFile;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A bundle of its own for a model with an adapter active: sampling, indexing and serving then take
 * the adapted model like any other, and its digest is another than the base model's.
 */
public final class AdaptedBundle {

  /** The factors of an adapter that was put in, and no other parameter. */
  public static final ParameterScope FACTORS =
      new ParameterScope(List.of("*.lora_A.weight", "*.lora_B.weight"), List.of(), Set.of());

  /** What of a bundle belongs to the pipeline around the denoiser. */
  private static final List<String> PARTS =
      List.of(
          "scheduler",
          "scheduler_config.json",
          "model_index.json",
          "tokenizer",
          "text_encoder",
          "vae",
          "vae_encoder",
          "vae_decoder");

  /** What the base model's file is called beside the adapted one that refers to its weights. */
  private static final String BASE = "base.onnx";

  private AdaptedBundle() {}

  /**
   * Writes the bundle. Large weights are not written again: the files that they lie in are linked.
   *
   * @param adapter a .safetensors file as PEFT, diffusers or kohya's scripts write it
   * @param merged whether the bundle's model has the adapter merged into its weights already
   * @param directory where it goes; what was written there before is replaced
   * @return the new bundle, opened
   * @throws BundleException if the bundle cannot be read or the new one not written
   */
  public static ModelBundle create(ModelBundle base, Path adapter, boolean merged, Path directory) {
    return create(base, adapter, merged, directory, OnnxSessions.LARGE);
  }

  static ModelBundle create(
      ModelBundle base, Path adapter, boolean merged, Path directory, long largestInline) {
    Path source = base.model().path();
    Path target = directory.resolve(base.directory().relativize(source));
    try {
      if (Files.exists(directory) && Files.isSameFile(directory, base.directory())) {
        throw new BundleException(
            directory + ": is the bundle itself; give another directory for the adapted one");
      }
      ModelProto model = OnnxFile.read(source);
      if (OnnxFile.weightBytes(model) > largestInline) {
        Files.createDirectories(target.getParent());
        link(source, target.resolveSibling(BASE));
        for (Path weights : OnnxFile.externalFiles(model, source)) {
          link(weights, target.resolve(source.getParent().relativize(weights)));
        }
      } else {
        model = OnnxFile.inlined(model, OnnxSessions.directory(source));
      }
      ModelProto adapted =
          AdaptedModel.of(SinglePrecision.of(model), adapter, merged, loading(source));
      write(OnnxFile.relocated(adapted, source.getFileName().toString(), BASE), target);
      copyParts(base.directory(), source, directory);
    } catch (IOException e) {
      throw new BundleException(
          "%s: the adapted bundle cannot be written (%s)".formatted(directory, e), e);
    } catch (SimplificationException | GradientException e) {
      throw new BundleException(source + ": " + e.getMessage(), e);
    }
    return ModelBundle.open(directory);
  }

  private static Function<TensorProto, TensorProto> loading(Path source) {
    return tensor -> {
      try {
        return SinglePrecision.tensor(OnnxFile.inlined(tensor, OnnxSessions.directory(source)));
      } catch (IOException e) {
        throw new UncheckedIOException(source + ": cannot be read (" + e.getMessage() + ")", e);
      }
    };
  }

  private static void write(ModelProto model, Path target) {
    AtomicFile.write(target, channel -> model.writeTo(Channels.newOutputStream(channel)));
  }

  private static void copyParts(Path from, Path model, Path to) throws IOException {
    for (String part : PARTS) {
      try (Stream<Path> files = walk(from.resolve(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          link(file, to.resolve(from.relativize(file)));
        }
      }
    }
    Path config = model.resolveSibling("config.json");
    if (Files.isRegularFile(config)) {
      link(config, to.resolve(from.relativize(config)));
    }
  }

  private static Stream<Path> walk(Path part) throws IOException {
    return Files.exists(part) ? Files.walk(part) : Stream.empty();
  }

  /** A second name for a file where the file system has such, a copy elsewhere. */
  private static void link(Path existing, Path link) throws IOException {
    Files.createDirectories(link.getParent());
    Files.deleteIfExists(link);
    try {
      Files.createLink(link, existing.toRealPath());
    } catch (IOException | UnsupportedOperationException _) {
      Files.copy(existing, link, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
