package dev.cairn.gradients.graph;

import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.onnx.TensorShapeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor's shape in which some axes may be a multiple of the (dynamic) batch.
 *
 * @param dims per axis its size, or for an axis of k × batch elements its k with {@code batch} set
 */
public record Shape(List<Dim> dims) {
  public static final String BATCH = "batch";

  /** One axis: {@code size} elements, or {@code size × batch}. */
  public record Dim(long size, boolean batch) {
    static Dim parse(TensorShapeProto.Dimension dim) {
      if (!dim.hasDimParam()) {
        return new Dim(dim.getDimValue(), false);
      }
      String param = dim.getDimParam();
      if (param.equals(BATCH)) {
        return new Dim(1, true);
      }
      if (param.startsWith(BATCH + "*")) {
        return new Dim(Long.parseLong(param.substring(BATCH.length() + 1)), true);
      }
      throw new GradientException(
          "Dimension '" + param + "' is neither a number nor a batch multiple");
    }

    /** Whether it is a single element, whatever the batch. */
    public boolean isOne() {
      return size == 1 && !batch;
    }

    TensorShapeProto.Dimension proto() {
      var dim = TensorShapeProto.Dimension.newBuilder();
      return (batch ? dim.setDimParam(toString()) : dim.setDimValue(size)).build();
    }

    @Override
    public String toString() {
      return !batch ? Long.toString(size) : size == 1 ? BATCH : BATCH + "*" + size;
    }
  }

  public Shape {
    dims = List.copyOf(dims);
  }

  /** A shape without batch axis. */
  public static Shape of(long... dims) {
    return new Shape(Arrays.stream(dims).mapToObj(d -> new Dim(d, false)).toList());
  }

  /** A shape of [batch, dims...]. */
  public static Shape batch(long... dims) {
    List<Dim> all = new ArrayList<>(List.of(new Dim(1, true)));
    all.addAll(of(dims).dims);
    return new Shape(all);
  }

  public static Shape parse(TensorShapeProto proto) {
    return new Shape(proto.getDimList().stream().map(Dim::parse).toList());
  }

  public TensorShapeProto proto() {
    return TensorShapeProto.newBuilder().addAllDim(dims.stream().map(Dim::proto).toList()).build();
  }

  public int rank() {
    return dims.size();
  }

  public Dim dim(int axis) {
    return dims.get(axis < 0 ? axis + rank() : axis);
  }

  /** Size of an axis that must not depend on the batch. */
  public long size(int axis) {
    Dim dim = dim(axis);
    if (dim.batch) {
      throw new GradientException("Axis " + axis + " of " + this + " must not depend on the batch");
    }
    return dim.size;
  }

  /** Whether the leading axis, and no other, is the batch or a multiple of it. */
  public boolean isBatched() {
    return rank() > 0 && dims.getFirst().batch && dims.stream().filter(Dim::batch).count() == 1;
  }

  /** Whether any axis is the batch or a multiple of it. */
  public boolean dependsOnBatch() {
    return dims.stream().anyMatch(Dim::batch);
  }

  /** Elements, counting a batch of one. */
  public long elements() {
    return dims.stream().mapToLong(Dim::size).reduce(1, Math::multiplyExact);
  }

  public Shape with(int axis, Dim dim) {
    List<Dim> changed = new ArrayList<>(dims);
    changed.set(axis < 0 ? axis + rank() : axis, dim);
    return new Shape(changed);
  }

  public Shape with(int axis, long size) {
    return with(axis, new Dim(size, false));
  }

  /** The axes from (inclusive) to (exclusive). */
  public Shape slice(int from, int to) {
    return new Shape(dims.subList(from, to));
  }

  public Shape concat(Shape other) {
    List<Dim> all = new ArrayList<>(dims);
    all.addAll(other.dims);
    return new Shape(all);
  }

  public Shape permute(int... permutation) {
    return new Shape(Arrays.stream(permutation).mapToObj(dims::get).toList());
  }

  /** Target of an ONNX Reshape to this shape: -1 stands for the (single) batch axis. */
  public long[] reshapeTarget() {
    if (dims.stream().filter(Dim::batch).count() > 1) {
      throw new GradientException("Shape " + this + " has more than one batch axis");
    }
    return dims.stream().mapToLong(d -> d.batch ? -1 : d.size).toArray();
  }

  /** Sizes of a shape without batch axis. */
  public long[] sizes() {
    long[] sizes = new long[rank()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = size(i);
    }
    return sizes;
  }

  /** The common shape of two operands under ONNX's (NumPy's) multidirectional broadcasting. */
  public static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      Dim left = i < rank - a.rank() ? new Dim(1, false) : a.dim(i - rank + a.rank());
      Dim right = i < rank - b.rank() ? new Dim(1, false) : b.dim(i - rank + b.rank());
      if (!left.isOne() && !right.isOne() && !left.equals(right)) {
        throw new GradientException("Shapes " + a + " and " + b + " do not broadcast");
      }
      dims.add(left.isOne() ? right : left);
    }
    return new Shape(dims);
  }

  @Override
  public String toString() {
    return dims.toString();
  }
}
