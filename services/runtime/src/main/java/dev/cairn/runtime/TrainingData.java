package dev.cairn.runtime;

import dev.cairn.attribution.Example;
import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Training examples in a directory: {@code images.npy} (n × channels × height × width, float32 in
 * the model's own scale, or bytes 0..255 for −1..1), optionally {@code labels.npy} (n whole
 * numbers) and {@code labels.txt} (the name of label k on line k, from 0). A model with further
 * inputs finds each in {@code INPUT.npy}, n × the input's shape.
 */
public final class TrainingData {

  private static final String IMAGES = "images.npy";
  private static final String LABELS = "labels.npy";
  private static final String LABEL_NAMES = "labels.txt";

  private final RowFile images;
  private final Map<String, RowFile> conditioning;
  private final List<Example> examples;

  private TrainingData(RowFile images, Map<String, RowFile> conditioning, List<Example> examples) {
    this.images = images;
    this.conditioning = conditioning;
    this.examples = examples;
  }

  /**
   * Opens a directory of training examples for a bundle.
   *
   * @throws BundleException if a file is missing, is shaped unlike the model's input, or holds
   *     values that are not finite
   */
  public static TrainingData open(Path directory, ModelBundle bundle) {
    if (!Files.isDirectory(directory)) {
      throw new BundleException(directory + ": no such data directory; give one with " + IMAGES);
    }
    ModelSignature signature = bundle.model().signature();
    RowFile images = RowFile.openImages(directory.resolve(IMAGES), signature.sample().shape());
    Map<String, RowFile> conditioning = new HashMap<>();
    for (ModelInput input : signature.conditioning()) {
      RowFile rows = RowFile.open(directory.resolve(input.name() + ".npy"), input.shape());
      rows.requireRows(images.rows(), IMAGES);
      conditioning.put(input.name(), rows);
    }
    return new TrainingData(images, conditioning, examples(directory, images.rows()));
  }

  /** Returns the number of examples (n). */
  public int size() {
    return images.rows();
  }

  public List<Example> examples() {
    return examples;
  }

  /** Returns image i, flattened. */
  public float[] image(int i) {
    return images.row(i);
  }

  /** Returns the further inputs of example i by name, flattened. */
  public Map<String, float[]> conditioning(int i) {
    Map<String, float[]> row = new HashMap<>();
    conditioning.forEach((name, rows) -> row.put(name, rows.row(i)));
    return row;
  }

  /** Returns the SHA-256 over the digests of all files that features depend on, hexadecimal. */
  public String digest() {
    MessageDigest digest = DenoiserModel.newSha256();
    digest.update(images.digest().getBytes(StandardCharsets.US_ASCII));
    for (Map.Entry<String, RowFile> input : new TreeMap<>(conditioning).entrySet()) {
      digest.update(input.getKey().getBytes(StandardCharsets.UTF_8));
      digest.update(input.getValue().digest().getBytes(StandardCharsets.US_ASCII));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static List<Example> examples(Path directory, int size) {
    Path file = directory.resolve(LABELS);
    if (!Files.isRegularFile(file)) {
      return IntStream.range(0, size).mapToObj(i -> Example.of(id(i), "")).toList();
    }
    long[] labels = labels(file, size);
    List<String> names = names(directory.resolve(LABEL_NAMES));
    return IntStream.range(0, size)
        .mapToObj(i -> Example.of(id(i), name(labels[i], names)))
        .toList();
  }

  private static long[] labels(Path file, int size) {
    try {
      long[] labels = Npy.readIntegers(file).data();
      if (labels.length == size) {
        return labels;
      }
      throw new BundleException(
          "%s: holds %d labels for %d images; give one label an image"
              .formatted(file, labels.length, size));
    } catch (NpyException e) {
      throw new BundleException(e.getMessage(), e);
    }
  }

  /** Zero-padded, so that ids sort as the examples stand. */
  private static String id(int i) {
    return "%06d".formatted(i);
  }

  private static String name(long label, List<String> names) {
    return label >= 0 && label < names.size() ? names.get((int) label) : Long.toString(label);
  }

  private static List<String> names(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new BundleException(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }
}
