package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files in src/test/resources/npy were written by NumPy 2. */
class NpyTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"float32", "float64", "version2"})
  void fractions_written_by_numpy_are_read(String name) {
    NpyArray array = Npy.readFloats(numpy(name));
    assertThat(array.shape()).containsExactly(2, 3);
    assertThat(array.data()).containsExactly(-1, -0.5f, 0, 0.5f, 1, 1.5f);
  }

  @Test
  void whole_numbers_written_by_numpy_are_read() {
    assertThat(Npy.readIntegers(numpy("int64")).data()).containsExactly(-3, -2, -1, 0, 1, 2);
    assertThat(Npy.readIntegers(numpy("int32")).data()).containsExactly(-3, -2, -1, 0, 1, 2);
    assertThat(Npy.readIntegers(numpy("uint8")).data())
        .containsExactly(250, 251, 252, 253, 254, 255);
    assertThat(Npy.readIntegers(numpy("bool")).data()).containsExactly(1, 0, 1, 0, 1, 0);
    assertThat(Npy.readFloats(numpy("uint8")).data()).startsWith(250, 251);
  }

  @Test
  void scalars_vectors_and_empty_arrays_are_read() {
    assertThat(Npy.readFloats(numpy("scalar")).shape()).isEmpty();
    assertThat(Npy.readFloats(numpy("scalar")).data()).containsExactly(2.5f);
    assertThat(Npy.readFloats(numpy("vector")).shape()).containsExactly(3);
    assertThat(Npy.readFloats(numpy("empty")).shape()).containsExactly(0, 4);
    assertThat(Npy.shape(numpy("uint8"))).containsExactly(2, 3);
  }

  @ParameterizedTest
  @CsvSource({
    "fortran, 'is in Fortran order; save it with numpy.ascontiguousarray'",
    "big-endian, 'holds elements of type >f4; known are <f4, <f8, <i8, <i4, |u1, |b1'",
    "text, 'holds elements of type <U1; known are'",
  })
  void what_cannot_be_read_is_refused_with_the_reason(String name, String reason) {
    assertThatThrownBy(() -> Npy.readFloats(numpy(name)))
        .isInstanceOf(NpyException.class)
        .hasMessageContaining(name + ".npy")
        .hasMessageContaining(reason);
  }

  @Test
  void fractions_are_no_whole_numbers() {
    assertThatThrownBy(() -> Npy.readIntegers(numpy("float32")))
        .hasMessageContaining("where whole numbers are needed");
  }

  @Test
  void the_header_written_is_the_one_numpy_writes() throws IOException {
    Path file = directory.resolve("sub/out.npy");
    Npy.writeFloats(file, new int[] {2, 3}, new float[] {-1, -0.5f, 0, 0.5f, 1, 1.5f});
    assertThat(file).hasSameBinaryContentAs(numpy("float32"));
    Npy.writeFloats(file, new int[] {3}, new float[] {0, 1, 2});
    assertThat(file).hasSameBinaryContentAs(numpy("vector"));
    Npy.writeFloats(file, new int[] {}, new float[] {2.5f});
    assertThat(file).hasSameBinaryContentAs(numpy("scalar"));
    Npy.writeDoubles(file, new int[] {2, 3}, new double[] {-1, -0.5, 0, 0.5, 1, 1.5});
    assertThat(file).hasSameBinaryContentAs(numpy("float64"));
    Npy.writeIntegers(file, new int[] {2, 3}, new long[] {-3, -2, -1, 0, 1, 2});
    assertThat(file).hasSameBinaryContentAs(numpy("int64"));
    assertThat(file.getParent().toFile().list()).containsExactly("out.npy");
  }

  @Test
  void a_truncated_file_is_refused_at_every_length() throws IOException {
    byte[] whole = Files.readAllBytes(numpy("float32"));
    Path file = directory.resolve("cut.npy");
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Npy.readFloats(file))
          .isInstanceOf(NpyException.class)
          .hasMessageContaining("cut.npy");
      assertThatThrownBy(() -> MappedMatrix.open(file)).isInstanceOf(NpyException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(2000000000, 2000000000)",
        "(2000000000, 2000000000, 2000000000)",
        "(99999999999999999999,)",
        "(7,)"
      })
  void a_shape_that_promises_more_than_the_file_holds_takes_no_memory(String shape)
      throws IOException {
    Path file = directory.resolve("huge.npy");
    byte[] header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }\n"
            .formatted(shape)
            .getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(10 + header.length + 24).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.putShort((short) header.length).put(header);
    Files.write(file, bytes.array());

    assertThatThrownBy(() -> Npy.readFloats(file))
        .isInstanceOf(NpyException.class)
        .hasMessageContaining("huge.npy");
  }

  @Test
  void a_file_that_is_not_there_or_no_array_is_named() throws IOException {
    Path file = directory.resolve("x.npy");
    assertThatThrownBy(() -> Npy.readFloats(file)).hasMessage(file + " does not exist");
    Files.writeString(file, "a,b,c\n1,2,3\n4,5,6\n");
    assertThatThrownBy(() -> Npy.readFloats(file)).hasMessage(file + " is no .npy file");
    assertThatThrownBy(() -> Npy.writeFloats(file, new int[] {2, 2}, new float[3]))
        .hasMessage("shape [2, 2] does not fit 3 elements");
  }

  @Test
  void a_mapped_matrix_gives_rows() {
    try (MappedMatrix matrix = MappedMatrix.open(numpy("float32"))) {
      assertThat(matrix.rows()).isEqualTo(2);
      assertThat(matrix.columns()).isEqualTo(3);
      assertThat(matrix.row(1)).containsExactly(0.5f, 1, 1.5f);
      assertThatThrownBy(() -> matrix.row(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThatThrownBy(() -> MappedMatrix.open(numpy("vector")))
        .hasMessageContaining("where a float32 matrix is needed");
  }

  private static Path numpy(String name) {
    try {
      return Path.of(NpyTest.class.getResource("/npy/" + name + ".npy").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
