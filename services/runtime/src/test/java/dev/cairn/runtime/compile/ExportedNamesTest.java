package dev.cairn.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.scope.ParameterNames;
import dev.cairn.gradients.scope.ParameterScope;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PyTorch's names of parameters, found again in what its two exporters write. */
class ExportedNamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"modules-opset17", "modules-opset18-dynamo"})
  void every_parameter_is_known_by_the_name_it_had_in_pytorch(String export) throws Exception {
    // Given
    SimplifiedModel model = simplified(export);
    Set<String> parameters = Parameters.discover(model.original(), model.simplified());

    // When
    ParameterNames names = ParameterNames.of(model.original(), parameters);

    // Then
    Set<String> known =
        names.byParameter().values().stream().flatMap(Set::stream).collect(Collectors.toSet());
    assertThat(parameters).hasSize(36);
    assertThat(known).containsAll(inPyTorch());
  }

  @ParameterizedTest
  @ValueSource(strings = {"modules-opset17", "modules-opset18-dynamo"})
  void a_pattern_of_modules_chooses_the_same_parameters_of_both(String export) throws Exception {
    // Given
    SimplifiedModel model = simplified(export);
    ParameterScope scope =
        new ParameterScope(List.of("down_blocks.*.attn*"), List.of("*.bias"), Set.of());

    // When
    Set<String> chosen = scope.choose(model.original(), model.simplified());

    // Then
    Set<String> names = new TreeSet<>();
    ParameterNames.of(model.original(), chosen).byParameter().values().forEach(names::addAll);
    assertThat(chosen).hasSize(8);
    assertThat(names)
        .containsAll(
            inPyTorch().stream()
                .filter(name -> name.contains("attn1") && name.endsWith(".weight"))
                .toList());
  }

  private static SimplifiedModel simplified(String export) throws Exception {
    return ModelSimplifier.simplify(
        Path.of(ExportedNamesTest.class.getResource("/exports/" + export).toURI())
            .resolve("model.onnx"));
  }

  /** What {@code named_parameters()} of make.py's ModuleNet says. */
  private static List<String> inPyTorch() {
    Stream<String> outer =
        Stream.of("conv_in", "time", "conv_out")
            .flatMap(module -> Stream.of(module + ".weight", module + ".bias"));
    Stream<String> blocks =
        Stream.of("down_blocks.0.", "down_blocks.1.")
            .flatMap(
                block ->
                    Stream.concat(
                            Stream.of("norm", "conv", "norm1", "attn1.to_out.0", "ff.0", "ff.2")
                                .flatMap(m -> Stream.of(m + ".weight", m + ".bias")),
                            Stream.of("to_q", "to_k", "to_v").map(m -> "attn1." + m + ".weight"))
                        .map(block::concat));
    return Stream.concat(outer, blocks).toList();
  }
}
