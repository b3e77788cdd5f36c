package dev.cairn.runtime;

import dev.cairn.runtime.onnx.ModelDigest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A denoiser's ONNX file: where it is, what it is, and what it takes.
 *
 * @param path the .onnx file
 * @param digest SHA-256 of the file and of those that its weights lie in, hexadecimal
 * @param signature its inputs and its prediction
 * @param sizes sizes of the axes that the file leaves open besides the batch, by their names
 */
public record DenoiserModel(
    Path path, String digest, ModelSignature signature, Map<String, Long> sizes) {

  public DenoiserModel {
    sizes = Map.copyOf(sizes);
  }

  /**
   * Opens an ONNX file whose only open axis is the batch, and reads its signature.
   *
   * @throws BundleException if there is no such file, ONNX Runtime cannot load it, or its inputs do
   *     not look like a denoiser's
   */
  public static DenoiserModel open(Path path) {
    return open(path, OpenAxes.none());
  }

  /** Opens an ONNX file whose further open axes have known sizes. */
  public static DenoiserModel open(Path path, OpenAxes axes) {
    if (!Files.isRegularFile(path)) {
      throw new BundleException(
          path + ": no such model file; give an .onnx file or a bundle with unet/model.onnx");
    }
    SignatureReader.Read read = SignatureReader.read(path, axes);
    return new DenoiserModel(path, ModelDigest.ofModel(path), read.signature(), read.sizes());
  }
}
