package dev.cairn.attribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
    withdraw(files.manifest());
    try (MappedMatrix features = MappedMatrix.open(files.features())) {
      requireShape(files, features, plan, examples);
      FeatureScan scan = FeatureScan.of(features, examples);
      double lambda =
          options.kind() == KernelKind.FULL
              ? options.relativeLambda() * scan.meanEigenvalue(features)
              : 0;
      if (options.kind() == KernelKind.FULL) {
        precondition(files, features, lambda, options, progress);
      }
      Path matrix = options.kind() == KernelKind.FULL ? files.preconditioned() : files.features();
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
              Sha256.of(files.examples()));
      AtomicFile.write(files.manifest(), Json.document(manifest));
      return manifest;
    }
  }

  private static void precondition(
      IndexFiles files,
      MappedMatrix features,
      double lambda,
      KernelOptions options,
      Progress progress) {
    Preconditioner preconditioner = new Preconditioner(features, progress);
    CholeskySystem system;
    try {
      system = preconditioner.factor(lambda);
    } catch (CholeskySystem.SingularException e) {
      throw new IndexException(
          "the kernel of %s is singular at relative lambda %s; choose a larger one, for example %s"
              .formatted(
                  files.features(),
                  options.relativeLambda(),
                  KernelOptions.DEFAULT_RELATIVE_LAMBDA),
          e);
    }
    MatrixWriter.write(
        files.preconditioned(),
        features.rows(),
        features.columns(),
        writer -> preconditioner.write(writer, system, options.rescale()));
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
