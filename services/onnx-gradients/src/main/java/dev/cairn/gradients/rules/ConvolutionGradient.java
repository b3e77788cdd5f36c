package dev.cairn.gradients.rules;

import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.ProjectionBases;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

/**
 * A weight used in a convolution: a linear map on unfolded patches.
 *
 * @param weight the initialiser, [out, in / group, *kernel]
 * @param input [batch, in, *spatial]
 * @param delta [batch, out, *spatial after]
 * @param enlarged what the input is an enlargement of, or null
 * @param early takes how many nodes there were before the last ones, which read the input alone,
 *     and what they make: they may be moved
 */
record ConvolutionGradient(
    Convolution convolution,
    Value weight,
    Value input,
    Value delta,
    Enlarged enlarged,
    ObjIntConsumer<Value> early)
    implements LinearGradient {

  /** Positions from which on the order of axes in memory counts for more than a further node. */
  private static final long LARGE = 256;

  @Override
  public int dOut() {
    return (int) weight.shape().size(0);
  }

  @Override
  public int dIn() {
    return (int) (weight.shape().elements() / dOut());
  }

  @Override
  public boolean transposed() {
    return false;
  }

  private long group() {
    return convolution.group();
  }

  private long positions() {
    return delta.shape().slice(2, delta.rank()).elements();
  }

  @Override
  public Value gradient(Ops ops) {
    long[] kernel = convolution.kernel();
    int elements = (int) convolution.kernelElements();
    int channels = (int) input.shape().size(1);
    Value columns =
        ops.reshape(patches(ops), Shape.batch(group(), channels / group() * elements, positions()));
    Value rows = ops.reshape(delta, Shape.batch(group(), dOut() / group(), positions()));
    Value gradient = ops.matMul(rows, ops.transposeMatrix(columns));
    return ops.reshape(gradient, Shape.batch(dOut(), channels / group()).concat(Shape.of(kernel)));
  }

  /** What each window sees, [batch, channels × window, *spatial after]. */
  private Value patches(Ops ops) {
    int channels = (int) input.shape().size(1);
    return convolution.grouped(channels).apply(ops, input, window(ops, channels), null);
  }

  @Override
  public Optional<Value> inputs(Ops ops) {
    return group() > 1
        ? Optional.empty()
        : Optional.of(
            ops.transposeMatrix(ops.reshape(patches(ops), Shape.batch(dIn(), positions()))));
  }

  @Override
  public Optional<Value> outputGradients(Ops ops) {
    return group() > 1
        ? Optional.empty()
        : Optional.of(ops.transposeMatrix(ops.reshape(delta, Shape.batch(dOut(), positions()))));
  }

  @Override
  public Value summed(Ops ops) {
    return group() > 1
        ? LinearGradient.super.summed(ops)
        : SummedConvolution.gradient(ops, convolution, weight, input, delta);
  }

  /** One-hot kernels that turn each channel into one channel per element of the window. */
  private Value window(Ops ops, int channels) {
    int elements = (int) convolution.kernelElements();
    float[] oneHot = new float[channels * elements * elements];
    for (int row = 0; row < channels * elements; row++) {
      oneHot[row * elements + row % elements] = 1;
    }
    return ops.writer().floats(oneHot, kernelShape((long) channels * elements, 1));
  }

  private long[] kernelShape(long outputs, long inputs) {
    return Shape.of(outputs, inputs).concat(Shape.of(convolution.kernel())).sizes();
  }

  @Override
  public Value projected(Ops ops, ParameterFeatures layer, ProjectionBases matrices) {
    boolean grouped = group() > 1;
    boolean channelsLast = !grouped && positions() >= LARGE;
    int begin = ops.writer().nodes().size();
    Value a = flattened(ops, projectedInput(ops, layer, matrices), layer.rIn(), channelsLast);
    if (channelsLast) {
      early.accept(a, begin);
    }
    Value d =
        ops.reshape(
            delta,
            grouped
                ? Shape.batch(group(), dOut() / group(), positions())
                : Shape.batch(dOut(), positions()));
    Value columns = channelsLast ? a : ops.transposeMatrix(a);
    Value product;
    if (layer.rOut() == layer.dOut() && !grouped) {
      product = ops.matMul(d, columns);
    } else {
      Value out = projectionOut(ops, layer, matrices);
      product =
          Contraction.positionsFirst(layer, positions(), false)
              ? ops.matMul(out, ops.matMul(d, columns))
              : ops.matMul(ops.matMul(out, d), columns);
    }
    Value summed = grouped ? ops.reduceSum(product, false, 1) : product;
    return ops.reshape(summed, Shape.batch(layer.length()));
  }

  /**
   * The projected input with positions in one axis: [batch, (group,) rIn, positions], or [batch,
   * positions, rIn]. Channels are put last before that, not after: so the runtime takes them out of
   * its blocked layout in one step, four times as fast as to channels first.
   */
  private Value flattened(Ops ops, Value projectedInput, int rIn, boolean channelsLast) {
    if (!channelsLast) {
      return ops.reshape(
          projectedInput,
          group() > 1 ? Shape.batch(group(), rIn, positions()) : Shape.batch(rIn, positions()));
    }
    int[] turned = IntStream.range(0, projectedInput.rank()).map(i -> i + 1).toArray();
    turned[0] = 0;
    turned[turned.length - 1] = 1;
    return ops.reshape(ops.transpose(projectedInput, turned), Shape.batch(positions(), rIn));
  }

  /** P_out, [rOut, out]; for a grouped convolution [group, rOut, out / group]. */
  private Value projectionOut(Ops ops, ParameterFeatures layer, ProjectionBases matrices) {
    Value out = ops.writer().floats(matrices.out(layer), layer.rOut(), layer.dOut());
    return group() == 1
        ? out
        : ops.transpose(
            ops.reshape(out, Shape.of(layer.rOut(), group(), layer.dOut() / group())), 1, 0, 2);
  }

  /** P_in [patch; 1] at every position: [batch, group × rIn, *spatial after]. */
  private Value projectedInput(Ops ops, ParameterFeatures layer, ProjectionBases matrices) {
    float[] in = matrices.in(layer);
    int r = layer.rIn();
    float[] weights = new float[r * dIn()];
    float[] constants = new float[r];
    for (int row = 0; row < r; row++) {
      System.arraycopy(in, row * layer.dIn(), weights, row * dIn(), dIn());
      constants[row] = layer.bias() == null ? 0 : in[row * layer.dIn() + dIn()];
    }
    Value bias = layer.bias() == null ? null : repeat(ops, ops.writer().floats(constants, r));
    if (matrices.seesElements(layer)) {
      return shifted(ops, layer, mixed(ops, layer, weights), bias);
    }
    long inputs = weight.shape().size(1);
    Value kernel = repeat(ops, ops.writer().floats(weights, kernelShape(r, inputs)));
    return convolution.apply(ops, input, kernel, bias);
  }

  /** Every row's mixture of channels, by a 1×1 convolution: [batch, group × rIn, *spatial]. */
  private Value mixed(Ops ops, ParameterFeatures layer, float[] weights) {
    int window = layer.window();
    int inputs = (int) weight.shape().size(1);
    float[] mixture = new float[layer.rIn() * inputs];
    for (int row = 0; row < layer.rIn(); row++) {
      for (int channel = 0; channel < inputs; channel++) {
        mixture[row * inputs + channel] = weights[row * dIn() + channel * window + row % window];
      }
    }
    long[] point = convolution.kernel().clone();
    Arrays.fill(point, 1);
    long[] shape = Shape.of(layer.rIn(), inputs).concat(Shape.of(point)).sizes();
    Value kernel = repeat(ops, ops.writer().floats(mixture, shape));
    Convolution mixing = Convolution.pointwise(point, group());
    // Of a large image the few mixtures are enlarged instead of all channels.
    return enlarged != null && positions() >= LARGE
        ? enlarged.apply(ops, mixing.apply(ops, enlarged.small(), kernel, null))
        : mixing.apply(ops, input, kernel, null);
  }

  /** Each mixture moved to where its row's element of the window lies, by one-hot kernels. */
  private Value shifted(Ops ops, ParameterFeatures layer, Value mixed, Value bias) {
    int window = layer.window();
    float[] oneHot = new float[layer.rIn() * window];
    for (int row = 0; row < layer.rIn(); row++) {
      oneHot[row * window + row % window] = 1;
    }
    Value kernel = repeat(ops, ops.writer().floats(oneHot, kernelShape(layer.rIn(), 1)));
    return convolution.grouped(group() * layer.rIn()).apply(ops, mixed, kernel, bias);
  }

  /** The same weights for every group. */
  private Value repeat(Ops ops, Value x) {
    return ops.concat(0, java.util.Collections.nCopies((int) group(), x));
  }
}
