package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import dev.cairn.attribution.Progress;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.StringStringEntryProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.runtime.onnx.OnnxFile;
import dev.cairn.runtime.onnx.OnnxSessions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose weights lie outside the ONNX file, or are left there; here a small one. */
class LargeWeightsTest {

  private static final CompileOptions OPTIONS =
      new CompileOptions(CompileOptions.ProjectionKind.KRONECKER, 256, 0);

  @TempDir Path temp;

  private final Path model = Fashion.resources().resolve("unet/model.onnx");

  @Test
  void a_file_is_read_without_its_weights_and_they_are_found_again() throws IOException {
    // When
    ModelProto read = OnnxFile.read(model);

    // Then
    assertThat((long) read.getSerializedSize()).isLessThan(Files.size(model) / 2);
    assertThat(OnnxFile.hasExternalData(read)).isTrue();
    assertThat(OnnxFile.externalFiles(read, model)).isEmpty();
    assertThat(OnnxFile.weightBytes(read)).isBetween(300_000L, Files.size(model));
    assertThat(OnnxFile.inlined(read, model.getParent()))
        .isEqualTo(ModelProto.parseFrom(Files.readAllBytes(model)));
  }

  @Test
  void weights_left_in_their_file_give_the_same_features() throws Exception {
    // Given
    DenoiserModel opened = DenoiserModel.open(model);
    CompiledGradients copied = compile(opened, "copied", OnnxSessions.LARGE);

    // When
    CompiledGradients shared = compile(opened, "shared", 0);

    // Then
    assertThat(OnnxFile.externalFiles(OnnxFile.read(shared.graph()), shared.graph())).hasSize(1);
    assertSameFeatures(shared, copied);
  }

  @Test
  void a_model_with_external_data_gives_the_same_features_as_one_without() throws Exception {
    // Given
    DenoiserModel external = DenoiserModel.open(withExternalData());
    CompiledGradients embedded = compile(DenoiserModel.open(model), "embedded", OnnxSessions.LARGE);

    // Then
    assertSameFeatures(compile(external, "inlined", OnnxSessions.LARGE), embedded);
    assertSameFeatures(compile(external, "left", 0), embedded);
  }

  @Test
  void weights_of_half_precision_left_in_their_file_give_the_same_features() throws Exception {
    // Given
    DenoiserModel half =
        DenoiserModel.open(
            Fashion.resources().resolveSibling("exports/text-unet-opset17-half/model.onnx"));
    CompiledGradients copied = compile(half, "copied", OnnxSessions.LARGE);

    // When
    CompiledGradients shared = compile(half, "shared", 0);

    // Then
    ModelProto graph = ModelProto.parseFrom(Files.readAllBytes(shared.graph()));
    assertThat(graph.getGraph().getInitializerList())
        .filteredOn(t -> t.getDataLocation() == TensorProto.DataLocation.EXTERNAL)
        .isNotEmpty()
        .allMatch(t -> t.getDataType() == TensorProto.DataType.FLOAT16.getNumber());
    assertSameFeatures(shared, copied);
  }

  @Test
  void the_digest_follows_the_external_data() throws IOException {
    // Given
    Path external = withExternalData();
    String before = DenoiserModel.open(external).digest();
    Path weights = external.resolveSibling("model.onnx_data");
    byte[] bytes = Files.readAllBytes(weights);

    // When
    bytes[1] ^= 1;
    Files.write(weights, bytes);

    // Then
    assertThat(DenoiserModel.open(external).digest()).isNotEqualTo(before);
  }

  @Test
  void what_a_run_needs_is_measured_when_compiling() throws IOException {
    RunProfile run = compile(DenoiserModel.open(model), "measured", 0).manifest().run();

    assertThat(run.rowsPerRun()).isBetween(1, 32);
    assertThat(run.millisPerRow()).isPositive();
    assertThat(run.rowBytes()).isPositive();
    assertThat(run.workspaceBytes(2)).isEqualTo(2 * run.rowsPerRun() * run.rowBytes());
  }

  private CompiledGradients compile(DenoiserModel opened, String name, long largestInline)
      throws IOException {
    Path directory = Files.createDirectories(temp.resolve(name));
    return GradientCompiler.compile(opened, OPTIONS, directory, largestInline, Progress.none());
  }

  /** Equal but for rounding: weights that are not repacked go through other kernels. */
  private static void assertSameFeatures(CompiledGradients some, CompiledGradients others)
      throws OrtException {
    float[][] expected = features(others);
    float[][] found = features(some);
    double norm = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      for (int k = 0; k < expected[i].length; k++) {
        norm += expected[i][k] * expected[i][k];
        difference += Math.pow(expected[i][k] - found[i][k], 2);
      }
    }
    assertThat(Math.sqrt(difference / norm)).isCloseTo(0, within(1e-5));
  }

  /** Rows × features, the layers by name: which is used first may differ. */
  private static float[][] features(CompiledGradients gradients) throws OrtException {
    List<GradientRow> rows = BatchInvariance.rows(gradients).subList(0, 3);
    OrtSession session = gradients.openSession();
    try {
      float[][] features = new GradientBatch(gradients, session, rows.size()).features(rows);
      for (int row = 0; row < features.length; row++) {
        features[row] = byName(features[row], gradients.manifest().layout());
      }
      return features;
    } finally {
      OnnxSessions.close(session);
    }
  }

  private static float[] byName(float[] features, List<ParameterFeatures> layout) {
    float[] sorted = new float[features.length];
    int offset = 0;
    for (ParameterFeatures layer :
        layout.stream().sorted(Comparator.comparing(ParameterFeatures::name)).toList()) {
      System.arraycopy(features, layer.offset(), sorted, offset, layer.length());
      offset += layer.length();
    }
    return sorted;
  }

  /** The model as PyTorch saves large ones: every weight in a second file. */
  private Path withExternalData() throws IOException {
    Path file = Files.createDirectories(temp.resolve("external")).resolve("model.onnx");
    ModelProto whole = ModelProto.parseFrom(Files.readAllBytes(model));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    GraphProto.Builder graph = whole.getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      ByteString raw = tensor.getRawData();
      if (raw.size() > 256) {
        graph.setInitializer(
            i,
            tensor.toBuilder()
                .clearRawData()
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", "model.onnx_data"))
                .addExternalData(entry("offset", Integer.toString(data.size())))
                .addExternalData(entry("length", Integer.toString(raw.size()))));
        raw.writeTo(data);
      }
    }
    Files.write(file, whole.toBuilder().setGraph(graph).build().toByteArray());
    Files.write(file.resolveSibling("model.onnx_data"), data.toByteArray());
    return file;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
