package dev.cairn.runtime;

import dev.cairn.gradients.scope.ParameterScope;
import java.util.Locale;

/**
 * What gradients are taken by, and how they are projected (METHOD §3).
 *
 * @param projection kind of projection
 * @param dimension wanted length of the feature vector (K); not used by identity
 * @param seed seed of the projection matrices
 * @param scope which parameters
 * @param sketch length that a sparse second stage brings the features to; 0 for none
 * @param normalise whether each row's features have norm 1
 * @param basisRows rows of data that bases by principal components are made of; 0 for random ones
 */
public record CompileOptions(
    ProjectionKind projection,
    int dimension,
    long seed,
    ParameterScope scope,
    int sketch,
    boolean normalise,
    int basisRows) {

  /** The recommended length of a feature vector. */
  public static final int DEFAULT_DIMENSION = 2048;

  public CompileOptions {
    if (projection != ProjectionKind.IDENTITY && dimension < 1) {
      throw new IllegalArgumentException("dimension must be at least 1, got " + dimension);
    }
    if (sketch < 0) {
      throw new IllegalArgumentException("sketch must be at least 1, or 0 for none, got " + sketch);
    }
    if (basisRows < 0 || (basisRows > 0 && projection != ProjectionKind.KRONECKER)) {
      throw new IllegalArgumentException(
          "bases of %d rows: must be at least 1 and go with projection kronecker"
              .formatted(basisRows));
    }
  }

  /** All parameters, no second stage. */
  public CompileOptions(ProjectionKind projection, int dimension, long seed) {
    this(projection, dimension, seed, ParameterScope.all(), 0, false, 0);
  }

  /** The same with bases by principal components of so many rows of data. */
  public CompileOptions withBasisRows(int rows) {
    return new CompileOptions(projection, dimension, seed, scope, sketch, normalise, rows);
  }

  /** Kinds of projection, by the names that manifests and the command line use. */
  public enum ProjectionKind {
    KRONECKER,
    DENSE,
    IDENTITY;

    /** Returns the name in manifests and on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Kronecker features of about {@value #DEFAULT_DIMENSION} dimensions, seed 0. */
  public static CompileOptions defaults() {
    return new CompileOptions(ProjectionKind.KRONECKER, DEFAULT_DIMENSION, 0);
  }
}
