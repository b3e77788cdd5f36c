package dev.cairn.validation;

import dev.cairn.gradients.graph.Tensors;
import dev.cairn.gradients.onnx.AttributeProto;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.NodeProto;
import dev.cairn.gradients.onnx.OperatorSetIdProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.gradients.onnx.TensorShapeProto;
import dev.cairn.gradients.onnx.TypeProto;
import dev.cairn.gradients.onnx.ValueInfoProto;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;

/**
 * The best linear denoiser of some images at one noise level, in closed form (METHOD section 8,
 * O2): S = Σ x xᵀ, A = ᾱS + ((1−ᾱ)n + ν)I = LLᵀ, W = √ᾱ S A⁻¹.
 *
 * <p>As an ONNX file it is D(x) = V L⁻¹x with the parameter V = WL. Its gradients are then G L⁻ᵀ,
 * and their inner products ⟨G_q, G_i A⁻¹⟩: influence is this model's plain gradient dot product.
 */
final class RidgeModel {
  private final double alphaBar;
  private final DMatrixRMaj a;
  private final DMatrixRMaj w;

  RidgeModel(List<float[]> images, double alphaBar, double ridge) {
    int d = images.getFirst().length;
    DMatrixRMaj second = new DMatrixRMaj(d, d);
    for (float[] image : images) {
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          second.add(i, j, (double) image[i] * image[j]);
        }
      }
    }
    this.alphaBar = alphaBar;
    a = second.copy();
    CommonOps_DDRM.scale(alphaBar, a);
    for (int i = 0; i < d; i++) {
      a.add(i, i, (1 - alphaBar) * images.size() + ridge);
    }
    DMatrixRMaj inverse = new DMatrixRMaj(d, d);
    CommonOps_DDRM.invert(a, inverse);
    w = new DMatrixRMaj(d, d);
    CommonOps_DDRM.mult(Math.sqrt(alphaBar), second, inverse, w);
  }

  /** E_ε ‖D(√ᾱ x + √(1−ᾱ) ε) − x‖², exactly. */
  double loss(float[] image) {
    double sum = 0;
    for (int i = 0; i < image.length; i++) {
      double denoised = 0;
      for (int j = 0; j < image.length; j++) {
        denoised += Math.sqrt(alphaBar) * w.get(i, j) * image[j];
        sum += (1 - alphaBar) * w.get(i, j) * w.get(i, j);
      }
      sum += (denoised - image[i]) * (denoised - image[i]);
    }
    return sum;
  }

  ModelProto onnx() {
    int d = a.numRows;
    var cholesky = DecompositionFactory_DDRM.chol(d, true);
    cholesky.decompose(a.copy());
    DMatrixRMaj l = cholesky.getT(null);
    DMatrixRMaj v = new DMatrixRMaj(d, d);
    CommonOps_DDRM.mult(w, l, v);
    CommonOps_DDRM.transpose(v);
    CommonOps_DDRM.invert(l);
    CommonOps_DDRM.transpose(l);
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("ridge")
            .addInput(info("sample", TensorProto.DataType.FLOAT, 1, 1, d))
            .addInput(info("timestep", TensorProto.DataType.INT64))
            .addOutput(info("denoised", TensorProto.DataType.FLOAT, 1, 1, d))
            .addInitializer(Tensors.floats("V", floats(v), d, d))
            .addNode(constant("whitening", Tensors.floats("", floats(l), d, d)))
            .addNode(node("MatMul", "whitened", "sample", "whitening"))
            .addNode(node("MatMul", "denoised", "whitened", "V"))
            .build();
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output)
        .build();
  }

  private static NodeProto constant(String name, TensorProto value) {
    return node("Constant", name).toBuilder()
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value))
        .build();
  }

  private static ValueInfoProto info(String name, TensorProto.DataType type, long... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
    for (long size : sizes) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  private static float[] floats(DMatrixRMaj matrix) {
    float[] floats = new float[matrix.data.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) matrix.data[i];
    }
    return floats;
  }
}
