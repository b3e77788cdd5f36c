package dev.cairn.runtime;

import dev.cairn.attribution.AtomicFile;
import dev.cairn.attribution.AttributionIndex;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where the bundle of an index was when the index was built ({@code bundle.json}). Only a
 * convenience: it is no part of the index's digest, so that an index built elsewhere has the same
 * one, and what lies there is checked by digest.
 *
 * @param path absolute path of the bundle
 */
public record BundleHint(String path) {

  private static final String FILE = "bundle.json";

  static void write(Path index, ModelBundle bundle) {
    BundleHint hint = new BundleHint(bundle.directory().toAbsolutePath().normalize().toString());
    AtomicFile.write(index.resolve(FILE), Json.bytes(hint));
  }

  /**
   * Opens the compiled bundle that an index was made from.
   *
   * @param override where the bundle is now, or null to look where it was
   * @throws BundleException if it is not there, or is not the index's bundle
   */
  public static CompiledBundle open(Path indexDirectory, AttributionIndex index, Path override) {
    Path directory = override != null ? override : read(indexDirectory);
    CompiledBundle compiled = CompiledBundle.open(ModelBundle.open(directory));
    requireSame(
        "bundle",
        directory,
        compiled.bundle().digest(),
        index.manifest().provenance().bundleDigest(),
        indexDirectory);
    requireSame(
        "gradient graph",
        compiled.gradients().graph(),
        compiled.gradients().manifest().graphDigest(),
        index.manifest().provenance().gradientsDigest(),
        indexDirectory);
    return compiled;
  }

  private static void requireSame(
      String what, Path place, String found, String wanted, Path index) {
    if (!found.equals(wanted)) {
      throw new BundleException(
          "%s: this %s has digest %s, the index %s was built with %s; use that one or index again"
              .formatted(place, what, found, index, wanted));
    }
  }

  private static Path read(Path index) {
    Path file = index.resolve(FILE);
    try {
      return Path.of(Json.MAPPER.readValue(file.toFile(), BundleHint.class).path());
    } catch (IOException e) {
      throw new BundleException(
          "%s: does not say where the index's bundle is (%s); name it with --bundle"
              .formatted(file, e.getMessage()),
          e);
    }
  }
}
