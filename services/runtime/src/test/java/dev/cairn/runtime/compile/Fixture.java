package dev.cairn.runtime.compile;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyArray;
import dev.cairn.gradients.onnx.NodeProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model exported by PyTorch, with inputs, outputs and every parameter's gradient of each row's
 * own loss, computed by PyTorch's autograd. {@code fixtures/README.md} tells more.
 */
record Fixture(Path directory) {
  static final List<String> NAMES =
      List.of("unconditional-opset14", "unconditional-opset17", "text-conditional-opset17");

  static Fixture of(String name) {
    try {
      return new Fixture(Path.of(Fixture.class.getResource("/fixtures/" + name).toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  Path model() {
    return directory.resolve("model.onnx");
  }

  NpyArray array(String name) {
    return Npy.readFloats(directory.resolve(name + ".npy"));
  }

  int rows() {
    return array("sample").shape()[0];
  }

  /** The model's own inputs by name. */
  Map<String, float[]> inputs() {
    Map<String, float[]> inputs = new HashMap<>();
    for (String name : List.of("sample", "timestep", "encoder_hidden_states")) {
      if (Files.exists(directory.resolve(name + ".npy"))) {
        inputs.put(name, array(name).data());
      }
    }
    return inputs;
  }

  /** Names, in PyTorch, of all parameters that have a reference gradient. */
  List<String> parameters() {
    try (Stream<Path> files = Files.list(directory.resolve("gradients"))) {
      return files.map(f -> f.getFileName().toString().replace(".npy", "")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  float[] gradient(String parameter) {
    return array("gradients/" + parameter).data();
  }

  /**
   * The PyTorch name of an initialiser. The exporter renames some ({@code onnx::MatMul_478}), but
   * names the node that reads it after the module: {@code /a2/k/MatMul} reads {@code a2.k.weight}.
   */
  String torchName(String initialiser, NodeProto reader) {
    if (Files.exists(directory.resolve("gradients/" + initialiser + ".npy"))) {
      return initialiser;
    }
    String node = reader.getName();
    String module = node.substring(1, node.lastIndexOf('/')).replace('/', '.');
    return module + (reader.getOpType().equals("Add") ? ".bias" : ".weight");
  }
}
