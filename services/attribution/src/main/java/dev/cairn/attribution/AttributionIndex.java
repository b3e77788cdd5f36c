package dev.cairn.attribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A finished index: gives each training example's score for a query's features. Any number of
 * threads may score; the same query gives the same bits.
 *
 * <p>A positive score means that the example pushes the model towards the query's image: removing
 * it from the training set raises the loss there.
 */
public final class AttributionIndex implements AutoCloseable {
  private final IndexFiles files;
  private final IndexManifest manifest;
  private final String digest;
  private final List<Example> examples;
  private final MappedMatrix rows;

  private AttributionIndex(
      IndexFiles files,
      IndexManifest manifest,
      String digest,
      List<Example> examples,
      MappedMatrix rows) {
    this.files = files;
    this.manifest = manifest;
    this.digest = digest;
    this.examples = examples;
    this.rows = rows;
  }

  /**
   * Opens an index and maps its matrix. Checks lengths; {@link #verify} checks contents.
   *
   * @throws IndexException if there is none, it is unfinished, or its parts do not fit
   */
  public static AttributionIndex open(Path directory) {
    IndexFiles files = new IndexFiles(directory);
    if (!Files.exists(files.manifest())) {
      throw new IndexException(
          Files.exists(files.plan())
              ? "the index in %s is unfinished; run its index command again".formatted(directory)
              : "%s is no index: it has no manifest.json; make one with the index command"
                  .formatted(directory));
    }
    byte[] document = read(files.manifest());
    IndexManifest manifest = Json.readDocument(files.manifest(), IndexManifest.class);
    if (manifest.version() != IndexManifest.VERSION) {
      throw new IndexException(
          "%s has format version %d, this program reads version %d; build the index anew"
              .formatted(files.manifest(), manifest.version(), IndexManifest.VERSION));
    }
    List<Example> examples = Json.readLines(files.examples(), Example.class);
    MappedMatrix rows = MappedMatrix.open(directory.resolve(manifest.matrix()));
    if (rows.rows() != manifest.examples()
        || rows.columns() != manifest.dimension()
        || examples.size() != manifest.examples()) {
      rows.close();
      throw new IndexException(
          "the parts of %s do not fit: manifest %d × %d, matrix %d × %d, %d examples; build it anew"
              .formatted(
                  directory,
                  manifest.examples(),
                  manifest.dimension(),
                  rows.rows(),
                  rows.columns(),
                  examples.size()));
    }
    return new AttributionIndex(files, manifest, Sha256.of(document), examples, rows);
  }

  public IndexManifest manifest() {
    return manifest;
  }

  /**
   * Writes into an index's manifest what retraining has said of such scores. The index has another
   * digest then: results say under which evidence they were made.
   *
   * @throws IndexException if there is no index
   */
  public static void record(Path directory, ValidationEvidence evidence) {
    try (AttributionIndex index = open(directory)) {
      AtomicFile.write(index.files.manifest(), Json.document(index.manifest.with(evidence)));
    }
  }

  /** SHA-256 of the manifest, which holds those of all other files. */
  public String digest() {
    return digest;
  }

  /** n, the number of examples. */
  public int size() {
    return rows.rows();
  }

  /** K, the number of features. */
  public int dimension() {
    return rows.columns();
  }

  public Example example(int index) {
    return examples.get(index);
  }

  /** All examples in the order of scores. */
  public List<Example> examples() {
    return examples;
  }

  /**
   * The score φ_q · ψ_i of every example.
   *
   * @param feature φ_q, K finite elements
   * @return n scores in index order
   * @throws IllegalArgumentException if the length is wrong or an element is not finite
   */
  public float[] scores(float[] feature) {
    if (feature.length != dimension()) {
      throw new IllegalArgumentException(
          "%d features for an index of %d".formatted(feature.length, dimension()));
    }
    for (int k = 0; k < feature.length; k++) {
      if (!Float.isFinite(feature[k])) {
        throw new IllegalArgumentException("feature %d is %s".formatted(k, feature[k]));
      }
    }
    InnerProduct product = new InnerProduct(feature);
    float[] row = new float[dimension()];
    float[] scores = new float[size()];
    for (int i = 0; i < scores.length; i++) {
      rows.row(i, row);
      scores[i] = (float) product.with(row);
    }
    return scores;
  }

  /**
   * Reads every file and compares it with the manifest.
   *
   * @throws IndexException naming the first file that has changed
   */
  public void verify() {
    verify(files.directory().resolve(manifest.matrix()), manifest.matrixSha256());
    verify(files.features(), manifest.featuresSha256());
    verify(files.examples(), manifest.examplesSha256());
  }

  @Override
  public void close() {
    rows.close();
  }

  private static void verify(Path path, String expected) {
    String actual = Sha256.of(path);
    if (!actual.equals(expected)) {
      throw new IndexException(
          "%s has SHA-256 %s where the manifest says %s; build the index anew"
              .formatted(path, actual, expected));
    }
  }

  private static byte[] read(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw StorageException.reading(path, e);
    }
  }
}
