package dev.cairn.validation;

import dev.cairn.attribution.Progress;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.validation.removal.RemovalResult;
import dev.cairn.validation.removal.RemovalStudy;
import dev.cairn.validation.report.ReportFiles;
import dev.cairn.validation.subsets.QuerySet;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What would the generated queries look like without the examples that a method scores highest? */
public final class Counterfactuals {
  private final Retrainings retrainings;
  private final int workers;
  private final Progress progress;

  Counterfactuals(Retrainings retrainings, int workers, Progress progress) {
    this.retrainings = retrainings;
    this.workers = workers;
    this.progress = progress;
  }

  /** Where the page lies that a study in a validation's directory writes. */
  public static Path page(Path validation, String method) {
    return directory(validation, method).resolve("counterfactuals.html");
  }

  private static Path directory(Path validation, String method) {
    return validation.resolve("counterfactuals-" + method);
  }

  /**
   * Runs the study, or what is left of it.
   *
   * @param method whose top is removed
   * @param shares of the examples to remove
   * @param nearest whether to retrain without the nearest by pixels, too
   * @param generations how many of the generated queries, at most
   * @throws ValidationException if there are no scores of the method yet
   */
  public RemovalResult without(
      String method, List<Double> shares, boolean nearest, int generations) {
    ValidationOptions options = retrainings.options();
    ModelBundle bundle = retrainings.compiled().bundle();
    int count = Math.min(generations, options.generated());
    float[][] scores = new ReportFiles(retrainings.directory()).scores(method);
    Path removals = directory(retrainings.directory(), method);
    RemovalStudy study =
        new RemovalStudy(
            removals,
            retrainings.models(removals.getFileName() + "/models", 0),
            retrainings.bank(),
            QuerySet.of(bundle, retrainings.data(), count, 0, null, 0, options.seed()),
            bundle.schedule(),
            options.seed());
    return study.run(
        method,
        Arrays.copyOf(scores, count),
        retrainings.data(),
        shares,
        nearest,
        bundle.model().signature().sample().shape(),
        workers,
        progress);
  }
}
