package dev.cairn.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A denoiser's ONNX file: where it is, what it is, and what it takes.
 *
 * @param path the .onnx file
 * @param digest SHA-256 of the file, hexadecimal
 * @param signature its inputs and its prediction
 */
public record DenoiserModel(Path path, String digest, ModelSignature signature) {

  /**
   * Opens an ONNX file and reads its signature.
   *
   * @throws BundleException if there is no such file, ONNX Runtime cannot load it, or its inputs do
   *     not look like a denoiser's
   */
  public static DenoiserModel open(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new BundleException(
          path + ": no such model file; give an .onnx file or a bundle with unet/model.onnx");
    }
    return new DenoiserModel(path, sha256(path), SignatureReader.read(path));
  }

  /** Returns the SHA-256 of a file's bytes, hexadecimal. */
  static String sha256(Path file) {
    MessageDigest digest = newSha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new BundleException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
