package dev.cairn.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cairn.runtime.onnx.ModelDigest;
import dev.cairn.runtime.onnx.OnnxFile;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A gradient graph on disk, with the model it was derived from.
 *
 * @param model the model
 * @param graph the ONNX file of the gradient graph
 * @param manifest what is known of it
 */
public record CompiledGradients(DenoiserModel model, Path graph, GradientManifest manifest) {

  static final String GRAPH_FILE = "gradients.onnx";
  static final String MANIFEST_FILE = "manifest.json";

  /**
   * Opens what {@code compile} wrote.
   *
   * @throws BundleException if it is missing, was made from another model, or was changed since
   */
  public static CompiledGradients open(DenoiserModel model, Path directory) {
    Path manifestFile = directory.resolve(MANIFEST_FILE);
    if (!Files.isRegularFile(manifestFile)) {
      throw new BundleException(
          directory + ": holds no gradient graph; run 'cairn compile' on the bundle first");
    }
    GradientManifest manifest = read(manifestFile);
    if (!manifest.modelDigest().equals(model.digest())) {
      throw new BundleException(
          "%s: made from a model with digest %s, but %s has digest %s; run 'cairn compile' again"
              .formatted(directory, manifest.modelDigest(), model.path(), model.digest()));
    }
    Path graph = directory.resolve(GRAPH_FILE);
    String digest = ModelDigest.of(graph);
    if (!manifest.graphDigest().equals(digest)) {
      throw new BundleException(
          "%s: digest is %s, its manifest says %s; run 'cairn compile' again"
              .formatted(graph, digest, manifest.graphDigest()));
    }
    return new CompiledGradients(model, graph, manifest);
  }

  private static GradientManifest read(Path file) {
    try {
      GradientManifest manifest = Json.MAPPER.readValue(file.toFile(), GradientManifest.class);
      if (manifest.format() != GradientManifest.FORMAT) {
        throw new BundleException(
            "%s: has format %d, this version reads %d; run 'cairn compile' again"
                .formatted(file, manifest.format(), GradientManifest.FORMAT));
      }
      return manifest;
    } catch (JsonProcessingException e) {
      throw new BundleException(
          file + ": not a gradient manifest (" + e.getOriginalMessage() + "); compile again", e);
    } catch (IOException e) {
      throw new BundleException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** Returns the length of a feature vector (K). */
  public int featureDimension() {
    return manifest.featureDimension();
  }

  OrtSession openSession() {
    try {
      // Large weights are not copied into the graph: they stay in the model's files.
      return OnnxFile.externalFiles(OnnxFile.read(graph), graph).isEmpty()
          ? OnnxSessions.open(graph)
          : OnnxSessions.open(Files.readAllBytes(graph), OnnxSessions.directory(model.path()));
    } catch (IOException e) {
      throw new BundleException(graph + ": cannot be read (" + e.getMessage() + ")", e);
    } catch (OrtException e) {
      throw new BundleException(
          graph + ": ONNX Runtime cannot load it (" + OnnxSessions.firstLine(e) + ")", e);
    }
  }
}
