package dev.cairn.attribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ejml.data.DMatrixRMaj;

/** Makes a finished feature build into an index: fits the kernel and writes the manifest. */
public final class KernelFit {
  private static final String LAMBDA_RULE = "relative lambda times trace over min(n, K)";

  private KernelFit() {}

  /**
   * Fits the kernel to {@code features.npy} in the directory and writes {@code preconditioned.npy}
   * and, last, {@code manifest.json}. The same features and options give the same bytes. May be
   * repeated with other options.
   *
   * @return what was written
   * @throws IndexException if there are no features, one is not finite, or the kernel is singular
   * @throws StorageException if the disk is full
   */
  public static IndexManifest fit(Path directory, KernelOptions options, Progress progress) {
    IndexFiles files = new IndexFiles(directory);
    if (!Files.exists(files.features()) || !Files.exists(files.plan())) {
      throw new IndexException(
          "%s holds no finished features; run the same index command again".formatted(directory));
    }
    FeaturePlan plan = Json.readDocument(files.plan(), FeaturePlan.class);
    List<Example> examples = Json.readLines(files.examples(), Example.class);
    IndexManifest before =
        Files.exists(files.manifest())
            ? Json.readDocument(files.manifest(), IndexManifest.class)
            : null;
    withdraw(files.manifest());
    try (MappedMatrix features = MappedMatrix.open(files.features())) {
      requireShape(files, features, plan, examples);
      requireFinite(features, examples);
      double lambda = kernelled(options) ? precondition(files, features, options, progress) : 0;
      Path matrix = kernelled(options) ? files.preconditioned() : files.features();
      IndexManifest manifest =
          new IndexManifest(
              IndexManifest.VERSION,
              plan.provenance(),
              options.kind().spelling(),
              options.relativeLambda(),
              LAMBDA_RULE,
              lambda,
              options.rescale(),
              features.rows(),
              features.columns(),
              NpyType.FLOAT32.descriptor(),
              matrix.getFileName().toString(),
              Sha256.of(matrix),
              Sha256.of(files.features()),
              Sha256.of(files.examples()),
              null);
      // Evidence belongs to these scores, and stays where a fit was repeated.
      boolean same = before != null && before.with(null).equals(manifest);
      IndexManifest written = same ? before : manifest;
      AtomicFile.write(files.manifest(), Json.document(written));
      return written;
    }
  }

  private static boolean kernelled(KernelOptions options) {
    return options.kind() != KernelKind.IDENTITY;
  }

  /** Writes ψ; returns λ, of several blocks the mean. */
  private static double precondition(
      IndexFiles files, MappedMatrix features, KernelOptions options, Progress progress) {
    List<Integer> blocks = options.blocksOf(features.columns());
    double[] lambda = new double[1];
    MatrixWriter.write(
        files.preconditioned(),
        features.rows(),
        features.columns(),
        writer -> {
          int first = 0;
          for (int columns : blocks) {
            Preconditioner block = new Preconditioner(features, first, columns, progress);
            lambda[0] += precondition(files, block, writer, options) / blocks.size();
            first += columns;
          }
        });
    return lambda[0];
  }

  private static double precondition(
      IndexFiles files, Preconditioner block, MatrixWriter writer, KernelOptions options) {
    DMatrixRMaj kernel = block.kernel();
    double lambda = options.relativeLambda() * Preconditioner.meanEigenvalue(kernel);
    try {
      block.write(writer, Preconditioner.factor(kernel, lambda), options.rescale());
    } catch (CholeskySystem.SingularException e) {
      throw new IndexException(
          "the kernel of %s is singular at relative lambda %s; choose a larger one, for example %s"
              .formatted(
                  files.features(),
                  options.relativeLambda(),
                  KernelOptions.DEFAULT_RELATIVE_LAMBDA),
          e);
    }
    return lambda;
  }

  /** A feature that is not finite would spoil every score. */
  private static void requireFinite(MappedMatrix features, List<Example> examples) {
    float[] row = new float[features.columns()];
    for (int i = 0; i < features.rows(); i++) {
      features.row(i, row);
      Finite.check(row, 0, row.length, examples.get(i), i);
    }
  }

  private static void requireShape(
      IndexFiles files, MappedMatrix features, FeaturePlan plan, List<Example> examples) {
    int columns = plan.provenance().featureDimension();
    if (features.rows() != examples.size() || features.columns() != columns) {
      throw new IndexException(
          "%s is %d × %d where there are %d examples with %d features; delete the directory and"
                  .formatted(
                      files.features(),
                      features.rows(),
                      features.columns(),
                      examples.size(),
                      columns)
              + " run the same command again");
    }
  }

  // Until the new manifest is written, matrices and an old manifest would not belong together.
  private static void withdraw(Path manifest) {
    try {
      Files.deleteIfExists(manifest);
    } catch (IOException e) {
      throw StorageException.writing(manifest, e);
    }
  }
}
