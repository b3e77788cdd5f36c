package dev.cairn.app.cli;

import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.validation.Comparison;
import dev.cairn.validation.scores.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** What the retrained models are to judge. */
final class ComparisonArguments {

  @Option(
      names = "--methods",
      paramLabel = "NAME",
      split = ",",
      description = "Methods to compare (default: all); fewer kinds of features take less time.")
  private List<String> methods = List.of();

  @Option(
      names = "--ensemble",
      paramLabel = "BUNDLE",
      description =
          "A further model of the same data, for instance another seed, whose scores are averaged"
              + " with this one's; may be given several times.")
  private List<Path> ensemble = List.of();

  @Option(
      names = "--reference",
      paramLabel = "METHOD",
      description = "Method that all are compared with (default: ${DEFAULT-VALUE}).")
  private String reference = "journey";

  @Option(
      names = "--leave-groups-out",
      description = "Also retrain without each label's examples, and rank what that does.")
  private boolean leaveGroupsOut;

  @Option(
      names = "--mislabelled",
      paramLabel = "FILE",
      description =
          "Which examples carry a wrong label (.npy, one truth value each): are they found?")
  private Path mislabelled;

  String reference() {
    return reference;
  }

  /**
   * @param compile opens the gradients of a further model
   */
  Comparison comparison(Function<ModelBundle, CompiledBundle> compile) {
    return new Comparison(
        methods.isEmpty() ? Method.all() : Method.named(methods),
        reference,
        ensemble.stream().map(ModelBundle::open).map(compile).toList(),
        leaveGroupsOut,
        Optional.ofNullable(mislabelled));
  }
}
