package dev.cairn.app.cli;

import dev.cairn.app.CommandFailure;
import dev.cairn.app.terminal.ConsoleProgress;
import dev.cairn.attribution.Progress;
import dev.cairn.attribution.ValidationEvidence;
import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.Counterfactuals;
import dev.cairn.validation.Validation;
import dev.cairn.validation.removal.RemovalResult;
import dev.cairn.validation.report.IndexEvidence;
import dev.cairn.validation.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "validate",
    description = {
      "Retrains a model on random parts of its data and reports how well every method's scores"
          + " predicted what the retrained models do (linear datamodelling score).",
      "An interrupted validation goes on with the models that are missing. For a model too large to"
          + " be retrained here, give --masks, --outputs and --scores instead of a bundle."
    })
final class ValidateCommand implements Callable<Integer> {

  @ParentCommand private RootCommand root;

  @Parameters(paramLabel = "BUNDLE", arity = "0..1", description = "The model's bundle.")
  private Path bundle;

  @Option(names = "--data", paramLabel = "DIR", description = "What the model was trained on.")
  private Path data;

  @Option(
      names = "--held-out",
      paramLabel = "DIR",
      description = "Images that it was not trained on, as further queries.")
  private Path heldOut;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path out;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Models retrained at a time (default: one a core).")
  private int workers = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--record",
      paramLabel = "INDEX",
      description =
          "Write into an index what the report says of its scores; without a bundle, from the"
              + " report that an earlier run has left in --out.")
  private Path record;

  @Mixin private StudyArguments study;
  @Mixin private ComparisonArguments comparison;
  @Mixin private RemovalArguments removal;
  @Mixin private GivenArguments given;

  @Override
  public Integer call() {
    Arguments.requireAtLeastOne("--workers", workers);
    removal.check(study.generated());
    ValidationTables tables = new ValidationTables(root.console().out());
    if (given.any()) {
      tables.print(given.report(bundle, out));
    } else if (bundle != null && data != null) {
      retrain(tables);
    } else if (bundle != null || record == null) {
      throw new CommandFailure(
          "give a bundle and its --data, or --masks, --outputs and --scores of your own models");
    }
    if (record != null) {
      ValidationEvidence evidence = IndexEvidence.record(out, record);
      root.console().out().printf("Recorded in %s: %s%n", record, evidence);
    } else {
      if (!removal.only()) {
        root.console().out().printf("The report is %s%n", out.resolve("report.html"));
      }
      if (removal.wanted()) {
        Path page = Counterfactuals.page(out, removal.method(comparison.reference()));
        root.console().out().printf("The counterfactuals are %s%n", page);
      }
    }
    return 0;
  }

  private void retrain(ValidationTables tables) {
    ModelBundle opened = ModelBundle.open(bundle);
    TrainingData examples = TrainingData.open(data, opened);
    TrainingData others = heldOut == null ? null : TrainingData.open(heldOut, opened);
    try (ConsoleProgress progress = new ConsoleProgress(root.console())) {
      Validation validation =
          new Validation(
              compiled(opened, progress::update),
              examples,
              others,
              study.options(examples.size()),
              out,
              workers,
              progress::update);
      if (!removal.only()) {
        Report report =
            validation.run(comparison.comparison(model -> compiled(model, progress::update)));
        progress.close();
        tables.print(report);
      }
      if (removal.wanted()) {
        RemovalResult result = removal.run(validation.counterfactuals(), comparison.reference());
        progress.close();
        tables.print(result);
      }
    }
  }

  private static CompiledBundle compiled(ModelBundle opened, Progress progress) {
    return Files.exists(opened.gradientsDirectory().resolve("manifest.json"))
        ? CompiledBundle.open(opened)
        : GradientCompiler.compile(opened, CompileOptions.defaults(), progress);
  }
}
