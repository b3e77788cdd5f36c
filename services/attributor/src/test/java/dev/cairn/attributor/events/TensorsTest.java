package dev.cairn.attributor.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import dev.cairn.schemas.v1.DataType;
import dev.cairn.schemas.v1.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TensorsTest {
  @Test
  void fp32_survives_the_wire() {
    float[] values = {1, -2.5f, Float.MIN_VALUE, Float.MAX_VALUE, -0f, 7};

    assertThat(Tensors.floats("x", Tensors.of(values, 2, 3), 2, 3)).containsExactly(values);
  }

  @Test
  void fp32_is_little_endian() {
    assertThat(Tensors.of(new float[] {1}, 1).getData().toByteArray())
        .containsExactly(0, 0, 0x80, 0x3f);
  }

  @Test
  void fp16_is_widened() {
    Tensor tensor = tensor(DataType.FP16, shorts(0x3c00, 0xc100, 0x0001), 3);

    assertThat(Tensors.floats("x", tensor, 3)).containsExactly(1, -2.5f, 0x1p-24f);
  }

  @Test
  void bf16_is_widened() {
    Tensor tensor = tensor(DataType.BF16, shorts(0x3f80, 0xc020, 0x7f7f), 3);

    assertThat(Tensors.floats("x", tensor, 3))
        .containsExactly(1, -2.5f, Float.intBitsToFloat(0x7f7f0000));
  }

  @Test
  void whole_numbers_become_floats_where_that_is_exact() {
    assertThat(Tensors.floats("label", longs(7, -1 << 24), 2)).containsExactly(7, -1 << 24);

    assertRejected(
        () -> Tensors.floats("label", longs(1, (1 << 24) + 1), 2),
        "malformed",
        "label: element 1 is 16777217");
  }

  @Test
  void a_scalar_has_an_empty_shape() {
    assertThat(Tensors.floats("x", Tensors.of(new float[] {3}))).containsExactly(3);
  }

  @Test
  void a_wrong_shape_names_both() {
    assertRejected(
        () -> Tensors.floats("latent", Tensors.of(new float[6], 1, 2, 3), 1, 3, 2),
        "wrong-shape",
        "latent: expected shape [1, 3, 2], got [1, 2, 3]");
  }

  @Test
  void a_batch_axis_is_pointed_out() {
    assertRejected(
        () -> Tensors.floats("latent", Tensors.of(new float[4], 1, 1, 2, 2), 1, 2, 2),
        "wrong-shape",
        "got [1, 1, 2, 2]; leave out the batch axis");
  }

  @Test
  void bytes_that_do_not_fill_the_shape_are_refused() {
    assertRejected(
        () -> Tensors.floats("latent", tensor(DataType.FP32, new byte[15], 2, 2), 2, 2),
        "malformed",
        "latent: [2, 2] of FP32 takes 16 bytes, got 15");
  }

  @Test
  void a_missing_data_type_is_refused() {
    assertRejected(
        () -> Tensors.floats("x", Tensor.getDefaultInstance()),
        "malformed",
        "x: data_type is 0; expected FP32, FP16, BF16 or INT64");
  }

  @Test
  void an_unknown_data_type_is_refused() {
    Tensor tensor = Tensor.newBuilder().setDataTypeValue(99).addShape(1).build();

    assertRejected(() -> Tensors.floats("x", tensor, 1), "malformed", "x: data_type is 99");
  }

  @Test
  void a_value_that_is_no_number_is_named_with_its_place() {
    float[] values = new float[12];
    values[7] = Float.NaN;
    values[9] = Float.POSITIVE_INFINITY;

    assertRejected(
        () -> Tensors.floats("latent", Tensors.of(values, 2, 2, 3), 2, 2, 3),
        "not-finite",
        "latent: element [1, 0, 1] is NaN");
  }

  @Test
  void an_fp16_infinity_is_found() {
    assertRejected(
        () -> Tensors.floats("x", tensor(DataType.FP16, shorts(0xfc00), 1), 1),
        "not-finite",
        "x: element [0] is -Infinity");
  }

  @Test
  void giant_shapes_are_refused_before_memory_is_taken() {
    assertRejected(
        () -> Tensors.floatsOfAnyShape("x", tensor(DataType.FP32, new byte[0], 1L << 40), 1000),
        "too-large",
        "[1099511627776] has more than 1000 elements");
    assertRejected(
        () ->
            Tensors.floatsOfAnyShape(
                "x",
                tensor(DataType.FP32, new byte[0], 1 << 30, 1 << 30, 1 << 30, 1 << 30),
                Integer.MAX_VALUE),
        "too-large",
        "elements");
    assertRejected(
        () ->
            Tensors.floatsOfAnyShape(
                "x", tensor(DataType.FP32, new byte[0], Long.MAX_VALUE, 2), Integer.MAX_VALUE),
        "too-large",
        "elements");
  }

  @Test
  void an_empty_dimension_does_not_hide_a_giant_one() {
    assertRejected(
        () ->
            Tensors.floatsOfAnyShape("x", tensor(DataType.FP32, new byte[0], 0, Long.MAX_VALUE), 9),
        "too-large",
        "elements");
  }

  @Test
  void a_negative_dimension_is_refused() {
    assertRejected(
        () -> Tensors.floatsOfAnyShape("x", tensor(DataType.FP32, new byte[16], -2, -2), 100),
        "wrong-shape",
        "x: negative dimension in [-2, -2]");
  }

  @Test
  void countless_dimensions_are_refused() {
    Tensor.Builder tensor = Tensor.newBuilder().setDataType(DataType.FP32);
    for (int i = 0; i < 100_000; i++) {
      tensor.addShape(1);
    }

    assertRejected(
        () -> Tensors.floatsOfAnyShape("x", tensor.build(), 100),
        "wrong-shape",
        "100000 dimensions");
    assertRejected(
        () -> Tensors.floats("x", tensor.build(), 4), "wrong-shape", "got 100000 dimensions");
  }

  @Test
  void writing_checks_the_shape() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Tensors.of(new float[5], 2, 3))
        .withMessage("5 values do not fill [2, 3]");
  }

  private static void assertRejected(ThrowingCallable call, String wireClass, String inReason) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(call)
        .returns(wireClass, RejectedException::wireClass)
        .satisfies(e -> assertThat(e.getMessage()).contains(inReason));
  }

  private static Tensor tensor(DataType type, byte[] data, long... shape) {
    Tensor.Builder tensor =
        Tensor.newBuilder().setDataType(type).setData(ByteString.copyFrom(data));
    for (long dimension : shape) {
      tensor.addShape(dimension);
    }
    return tensor.build();
  }

  private static Tensor longs(long... values) {
    ByteBuffer data = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    data.asLongBuffer().put(values);
    return tensor(DataType.INT64, data.array(), values.length);
  }

  private static byte[] shorts(int... values) {
    ByteBuffer data = ByteBuffer.allocate(values.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      data.putShort((short) value);
    }
    return data.array();
  }
}
