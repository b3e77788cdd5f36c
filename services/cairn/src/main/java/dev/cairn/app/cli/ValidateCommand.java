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
import dev.cairn.validation.GivenValidation;
import dev.cairn.validation.Validation;
import dev.cairn.validation.ValidationOptions;
import dev.cairn.validation.lds.Interval;
import dev.cairn.validation.lds.MethodResult;
import dev.cairn.validation.removal.RemovalResult;
import dev.cairn.validation.report.IndexEvidence;
import dev.cairn.validation.report.Report;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
      names = "--subsets",
      paramLabel = "M",
      description = "Models to retrain (default: ${DEFAULT-VALUE}).")
  private int subsets = 48;

  @Option(
      names = "--repeats",
      paramLabel = "R",
      description =
          "Models a subset, each with its own seed; outputs are averaged (default:"
              + " ${DEFAULT-VALUE}).")
  private int repeats = 1;

  @Option(
      names = "--share",
      paramLabel = "A",
      description = "Share of the examples that each sees (default: ${DEFAULT-VALUE}).")
  private double share = 0.5;

  @Option(
      names = "--epochs",
      paramLabel = "E",
      description = "Passes of each model through its examples (default: ${DEFAULT-VALUE}).")
  private double epochs = 50;

  @Option(
      names = "--generated",
      paramLabel = "N",
      description = "Queries drawn with the model, to be reported (default: ${DEFAULT-VALUE}).")
  private int generated = 40;

  @Option(
      names = "--choosing",
      paramLabel = "N",
      description =
          "Further queries of each kind that only choose ridges, of held-out images the last ones"
              + " (default: ${DEFAULT-VALUE}).")
  private int choosing = 20;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Steps of a trajectory that are validated one by one (default: ${DEFAULT-VALUE}).")
  private int steps = 5;

  @Option(
      names = "--timesteps",
      paramLabel = "M",
      description =
          "Timesteps that features of images are averaged over (default: ${DEFAULT-VALUE}).")
  private int timesteps = 20;

  @Option(
      names = "--draws",
      paramLabel = "R",
      description = "Noises that features of a step are averaged over (default: ${DEFAULT-VALUE}).")
  private int draws = 10;

  @Option(
      names = "--measured-timesteps",
      paramLabel = "M",
      description =
          "Timesteps, of two noises each, that losses are averaged over (default:"
              + " ${DEFAULT-VALUE}).")
  private int measuredTimesteps = 20;

  @Option(
      names = "--lambda",
      paramLabel = "L",
      split = ",",
      description = "Relative ridges to try; queries that are not reported choose.")
  private List<Double> lambdas = ValidationOptions.defaultLambdas();

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

  @Option(names = "--seed", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Models retrained at a time (default: one a core).")
  private int workers = Runtime.getRuntime().availableProcessors();

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
      names = "--remove-by",
      paramLabel = "METHOD",
      description = "Method whose top is removed (default: that of --reference).")
  private String removeBy;

  @Option(
      names = "--only-remove",
      description = "Leave out the report; take the scores that an earlier run has written.")
  private boolean onlyRemove;

  @Option(
      names = "--record",
      paramLabel = "INDEX",
      description =
          "Write into an index what the report says of its scores; without a bundle, from the"
              + " report that an earlier run has left in --out.")
  private Path record;

  @Mixin private TrainingArguments training;

  @Override
  public Integer call() {
    Arguments.requireAtLeastOne("--workers", workers);
    Arguments.requireAtLeastOne("--repeats", repeats);
    Arguments.requireAtLeastOne("--removals", removals);
    if (!remove.isEmpty() && generated == 0) {
      throw new CommandFailure("--remove draws generated queries again; give --generated as well");
    }
    boolean given = masks != null || outputs != null || !scores.isEmpty();
    if (given && (masks == null || outputs == null || bundle != null)) {
      throw new CommandFailure(
          "--masks, --outputs and --scores belong together, and take no bundle; give all three");
    }
    if (!given && bundle == null && record != null) {
      recordEvidence();
      return 0;
    }
    if (!given && (bundle == null || data == null)) {
      throw new CommandFailure(
          "give a bundle and its --data, or --masks, --outputs and --scores of your own models");
    }
    if (given) {
      print(
          GivenValidation.run(masks, outputs, new LinkedHashMap<>(scores), out),
          root.console().out());
    } else {
      retrain();
    }
    return 0;
  }

  private void retrain() {
    ModelBundle opened = ModelBundle.open(bundle);
    TrainingData examples = TrainingData.open(data, opened);
    TrainingData others = heldOut == null ? null : TrainingData.open(heldOut, opened);
    int steps = (int) Math.ceil(epochs * share * examples.size() / training.batch());
    ValidationOptions options =
        new ValidationOptions(
            subsets,
            repeats,
            share,
            epochs,
            training.options(Math.max(1, steps), seed),
            generated,
            choosing,
            this.steps,
            new ValidationOptions.Measurement(measuredTimesteps, 2, 10, seed + 1),
            new ValidationOptions.Features(timesteps, draws, 0),
            lambdas,
            seed);
    try (ConsoleProgress progress = new ConsoleProgress(root.console())) {
      CompiledBundle compiled = compiled(opened, progress::update);
      Validation validation =
          new Validation(
              compiled,
              examples,
              others,
              options,
              out,
              methods,
              reference,
              ensemble.stream()
                  .map(other -> compiled(ModelBundle.open(other), progress::update))
                  .toList(),
              workers,
              progress::update);
      if (leaveGroupsOut) {
        validation.leavingGroupsOut();
      }
      if (mislabelled != null) {
        validation.findingMislabelled(mislabelled);
      }
      if (!onlyRemove) {
        Report report = validation.run();
        progress.close();
        print(report, root.console().out());
      }
      if (!remove.isEmpty()) {
        String method = removeBy == null ? reference : removeBy;
        RemovalResult removal = validation.remove(method, remove, removals);
        progress.close();
        print(removal);
      }
      if (record != null) {
        recordEvidence();
      }
    }
  }

  private void recordEvidence() {
    ValidationEvidence evidence = IndexEvidence.record(out, record);
    root.console().out().printf("Recorded in %s: %s%n", record, evidence);
  }

  private void print(RemovalResult removal) {
    for (RemovalResult.Ratio ratio : removal.ratios()) {
      root.console()
          .out()
          .printf(
              Locale.ROOT,
              "Without the top %.1f %% by %s, images move %.2f [%.2f, %.2f] times as far as without"
                  + " as many at random, %.2f [%.2f, %.2f] times as far as without the nearest"
                  + " (medians of %d)%n",
              100 * ratio.share(),
              removal.method(),
              ratio.random().mean(),
              ratio.random().low(),
              ratio.random().high(),
              ratio.nearest().mean(),
              ratio.nearest().low(),
              ratio.nearest().high(),
              removal.queries());
    }
  }

  private static CompiledBundle compiled(ModelBundle opened, Progress progress) {
    return Files.exists(opened.gradientsDirectory().resolve("manifest.json"))
        ? CompiledBundle.open(opened)
        : GradientCompiler.compile(opened, CompileOptions.defaults(), progress);
  }

  private void print(Report report, PrintStream to) {
    List<String> sources = report.sources().stream().distinct().toList();
    to.printf("%-20s", "LDS");
    sources.forEach(source -> to.printf("  %-26s", source));
    to.println();
    for (MethodResult method : report.ranked()) {
      to.printf("%-20s", method.name());
      for (String source : sources) {
        Interval lds = method.lds().get(source);
        String interval =
            String.format(Locale.ROOT, "%6.3f [%6.3f, %6.3f]", lds.mean(), lds.low(), lds.high());
        to.printf("  %-26s", interval);
      }
      to.println();
    }
    to.printf("The report is %s%n", out.resolve("report.html"));
  }
}
