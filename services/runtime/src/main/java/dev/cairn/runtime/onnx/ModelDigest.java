package dev.cairn.runtime.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;

/** SHA-256 of files, hexadecimal. */
public final class ModelDigest {

  private ModelDigest() {}

  /**
   * Returns the digest of a file's bytes.
   *
   * @throws UncheckedIOException if it cannot be read
   */
  public static String of(Path file) {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns the digest of a model's file, and of the files of its external data if it has any. */
  public static String ofModel(Path model) {
    try {
      Set<Path> external = OnnxFile.externalFiles(OnnxFile.read(model), model);
      return external.isEmpty()
          ? of(model)
          : over(Stream.concat(Stream.of(model), external.stream()));
    } catch (IOException e) {
      throw new UncheckedIOException(model + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** Returns the digest of several files' digests, in the given order; their names do not count. */
  public static String over(Stream<Path> files) {
    MessageDigest digest = sha256();
    files.forEach(file -> digest.update(of(file).getBytes(StandardCharsets.US_ASCII)));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns a digest that has seen nothing. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
