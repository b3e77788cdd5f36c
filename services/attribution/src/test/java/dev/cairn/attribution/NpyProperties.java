package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class NpyProperties {

  @Property(tries = 100)
  void floats_come_back_bit_for_bit(@ForAll @Size(max = 300) float[] data) throws IOException {
    Path file = Files.createTempFile("round-trip", ".npy");
    try {
      int[] shape = data.length % 2 == 0 ? new int[] {data.length / 2, 2} : new int[] {data.length};
      Npy.writeFloats(file, shape, data);
      assertThat(Npy.readFloats(file).shape()).isEqualTo(shape);
      assertThat(Npy.readFloats(file).data()).isEqualTo(data);
    } finally {
      Files.delete(file);
    }
  }

  @Property(tries = 100)
  void whole_numbers_come_back(@ForAll @Size(max = 300) long[] data) throws IOException {
    Path file = Files.createTempFile("round-trip", ".npy");
    try {
      Npy.writeIntegers(file, new int[] {data.length}, data);
      assertThat(Npy.readIntegers(file).data()).isEqualTo(data);
    } finally {
      Files.delete(file);
    }
  }
}
