package dev.cairn.runtime;

/**
 * How a model's gradients are projected (METHOD §3).
 *
 * @param projection kind of projection
 * @param dimension wanted length of the feature vector (K); not used by identity
 * @param seed seed of the projection matrices
 */
public record CompileOptions(ProjectionKind projection, int dimension, long seed) {

  /** The recommended length of a feature vector. */
  public static final int DEFAULT_DIMENSION = 2048;

  public CompileOptions {
    if (projection == ProjectionKind.KRONECKER && dimension < 1) {
      throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
    }
  }

  /** Kinds of projection, by the names that manifests and the command line use. */
  public enum ProjectionKind {
    KRONECKER,
    IDENTITY;

    /** Returns the name in manifests and on the command line. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Kronecker features of about {@value #DEFAULT_DIMENSION} dimensions, seed 0. */
  public static CompileOptions defaults() {
    return new CompileOptions(ProjectionKind.KRONECKER, DEFAULT_DIMENSION, 0);
  }
}
