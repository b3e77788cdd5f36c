package dev.cairn.app.cli;

import dev.cairn.app.CommandFailure;
import dev.cairn.validation.Counterfactuals;
import dev.cairn.validation.removal.RemovalResult;
import java.util.List;
import picocli.CommandLine.Option;

/** Counterfactuals: what is removed, and for whom. */
final class RemovalArguments {

  @Option(
      names = "--remove",
      paramLabel = "SHARE",
      split = ",",
      description =
          "Also retrain without this share of the examples that score highest, beside as many"
              + " nearest and random ones, and draw every query again; for example 0.1.")
  private List<Double> remove = List.of();

  @Option(
      names = "--removals",
      paramLabel = "N",
      description =
          "How many of the generated queries this is done for (default: ${DEFAULT-VALUE}).")
  private int removals = 20;

  @Option(
      names = "--without-nearest",
      description = "Leave out the models without the nearest, which are half of all.")
  private boolean withoutNearest;

  @Option(
      names = "--remove-by",
      paramLabel = "METHOD",
      description = "Method whose top is removed (default: that of --reference).")
  private String removeBy;

  @Option(
      names = "--only-remove",
      description = "Leave out the report; take the scores that an earlier run has written.")
  private boolean onlyRemove;

  boolean wanted() {
    return !remove.isEmpty();
  }

  /** Whether the report is left out. */
  boolean only() {
    return onlyRemove;
  }

  void check(int generated) {
    Arguments.requireAtLeastOne("--removals", removals);
    if (wanted() && generated == 0) {
      throw new CommandFailure("--remove draws generated queries again; give --generated as well");
    }
    if (onlyRemove && !wanted()) {
      throw new CommandFailure("--only-remove needs --remove, for example --remove 0.1");
    }
  }

  /**
   * The method whose top is removed.
   *
   * @param reference method that is meant where none is named
   */
  String method(String reference) {
    return removeBy == null ? reference : removeBy;
  }

  RemovalResult run(Counterfactuals counterfactuals, String reference) {
    return counterfactuals.without(method(reference), remove, !withoutNearest, removals);
  }
}
