package dev.cairn.runtime;

import dev.cairn.diffusion.OutputFunction;
import dev.cairn.diffusion.TimestepGrid;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The small trained model that tests run on, and a copy of it that they may write to. */
final class Fashion {

  private Fashion() {}

  static Path resources() {
    try {
      return Path.of(Fashion.class.getResource("/fashion-16px").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Copies the bundle, so that a test can compile into it or damage it. */
  static Path copyTo(Path directory) throws IOException {
    Path source = resources();
    Path target = directory.resolve("fashion-16px");
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(source.relativize(file).toString()));
      }
    }
    return target;
  }

  static CompiledBundle compiled(Path directory) throws IOException {
    ModelBundle bundle = ModelBundle.open(copyTo(directory));
    CompileOptions options = new CompileOptions(CompileOptions.ProjectionKind.KRONECKER, 512, 0);
    return GradientCompiler.compile(bundle, options, (_, _, _) -> {});
  }

  static FeatureSpec spec(int timesteps, int draws) {
    List<Integer> grid = Arrays.stream(TimestepGrid.stratified(1000, timesteps)).boxed().toList();
    return new FeatureSpec(OutputFunction.LOSS, grid, draws, 7, false);
  }
}
