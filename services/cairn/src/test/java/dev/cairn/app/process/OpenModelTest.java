package dev.cairn.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.app.config.ServeConfig;
import dev.cairn.runtime.CompiledGradients;
import dev.cairn.runtime.EngineOptions;
import dev.cairn.runtime.GradientManifest;
import dev.cairn.runtime.RunProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenModelTest {

  @TempDir Path directory;

  @Test
  void runs_carry_as_many_rows_as_compiling_found_fastest() throws IOException {
    EngineOptions options = OpenModel.options(config("{workers: 3}"), measuredWith(4));

    assertThat(options).isEqualTo(new EngineOptions(3, 4));
  }

  @Test
  void rows_a_run_that_are_configured_win() throws IOException {
    EngineOptions options =
        OpenModel.options(config("{workers: 3, rows-per-run: 16}"), measuredWith(4));

    assertThat(options).isEqualTo(new EngineOptions(3, 16));
  }

  private ServeConfig config(String gradientStage) throws IOException {
    Files.createDirectories(directory.resolve("bundle"));
    Files.createDirectories(directory.resolve("index"));
    String yaml =
        """
        kafka: {bootstrap-servers: "localhost:9092"}
        models: [{bundle: bundle, index: index}]
        gradient-stage: %s
        """;

    Path file = Files.writeString(directory.resolve("cairn.yaml"), yaml.formatted(gradientStage));
    return ServeConfig.load(file, Map.of());
  }

  private static CompiledGradients measuredWith(int rowsPerRun) {
    GradientManifest manifest =
        new GradientManifest(
            GradientManifest.FORMAT,
            "model",
            "graph",
            "kronecker",
            64,
            1,
            64,
            17,
            List.of(1, 16, 16),
            true,
            "all",
            0,
            false,
            GradientManifest.RANDOM_BASES,
            new RunProfile(rowsPerRun, 1, 0, 0),
            List.of());
    return new CompiledGradients(null, Path.of("gradients.onnx"), manifest);
  }
}
