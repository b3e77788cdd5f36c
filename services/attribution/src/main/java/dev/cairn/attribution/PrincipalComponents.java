package dev.cairn.attribution;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/** The axes along which a second-moment matrix is largest. */
public final class PrincipalComponents {
  private PrincipalComponents() {}

  /**
   * Eigenvectors by descending eigenvalue, as orthonormal rows. Each one's sign is such that its
   * largest element is positive, so that the same matrix gives the same rows.
   *
   * @param moment symmetric, size × size, row-major
   * @return size × size, row-major
   * @throws IllegalArgumentException if the eigenvalues are not found: something is not finite
   */
  public static float[] of(double[] moment, int size) {
    EigenDecomposition_F64<DMatrixRMaj> decomposition =
        DecompositionFactory_DDRM.eig(size, true, true);
    if (!decomposition.decompose(DMatrixRMaj.wrap(size, size, moment.clone()))) {
      throw new IllegalArgumentException("moments have no eigenvalues; something is not finite");
    }
    int[] order =
        IntStream.range(0, size)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -decomposition.getEigenvalue(i).getReal()))
            .mapToInt(Integer::intValue)
            .toArray();
    float[] rows = new float[Math.multiplyExact(size, size)];
    for (int row = 0; row < size; row++) {
      double[] vector = decomposition.getEigenVector(order[row]).data;
      double largest = 0;
      for (double element : vector) {
        largest = Math.abs(element) > Math.abs(largest) ? element : largest;
      }
      for (int i = 0; i < size; i++) {
        rows[row * size + i] = (float) (largest < 0 ? -vector[i] : vector[i]);
      }
    }
    return rows;
  }
}
