package dev.cairn.app.cli;

import dev.cairn.app.CommandFailure;
import dev.cairn.validation.GivenValidation;
import dev.cairn.validation.report.Report;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Models that were retrained elsewhere. */
final class GivenArguments {

  @Option(
      names = "--masks",
      paramLabel = "FILE",
      description = "models × examples: which examples each of your models was trained on.")
  private Path masks;

  @Option(
      names = "--outputs",
      paramLabel = "FILE",
      description = "models × queries: the loss of each of your models at each query.")
  private Path outputs;

  @Option(
      names = "--scores",
      paramLabel = "NAME=FILE",
      description = "queries × examples: scores of a method; may be given several times.")
  private Map<String, Path> scores = new LinkedHashMap<>();

  boolean any() {
    return masks != null || outputs != null || !scores.isEmpty();
  }

  Report report(Path bundle, Path out) {
    if (masks == null || outputs == null || bundle != null) {
      throw new CommandFailure(
          "--masks, --outputs and --scores belong together, and take no bundle; give all three");
    }
    return GivenValidation.run(masks, outputs, new LinkedHashMap<>(scores), out);
  }
}
