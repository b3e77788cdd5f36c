package dev.cairn.app.cli;

import dev.cairn.app.offline.Indexing;
import dev.cairn.app.terminal.ConsoleProgress;
import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.IndexManifest;
import dev.cairn.attribution.KernelKind;
import dev.cairn.attribution.KernelOptions;
import dev.cairn.diffusion.OutputFunction;
import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "index",
    description = {
      "Computes the features of every training example and fits the kernel: the index that scores"
          + " are read from.",
      "An interrupted build goes on where it stood when the same command is run again."
    })
final class IndexCommand implements Callable<Integer> {

  private static final Indexing RECOMMENDED = Indexing.recommended();

  @ParentCommand private RootCommand root;

  @Parameters(
      paramLabel = "BUNDLE",
      description = "The model bundle; it is compiled first if it is not yet.")
  private Path bundle;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Directory with images.npy (examples × channels × height × width, float32 in the"
              + " model's own scale, or bytes 0..255 for -1..1), optionally labels.npy and labels.txt (names of the labels).")
  private Path data;

  @Option(names = "--out", required = true, paramLabel = "INDEX", description = "Where to write.")
  private Path out;

  @Option(
      names = "--output-function",
      paramLabel = "F",
      description = "loss, square or mean (default: ${DEFAULT-VALUE}).")
  private OutputFunction outputFunction = RECOMMENDED.outputFunction();

  @Option(
      names = "--timesteps",
      paramLabel = "M",
      description =
          "Timesteps that an example's features are averaged over (default: ${DEFAULT-VALUE})."
              + " More cost time and make scores truer.")
  private int timesteps = RECOMMENDED.timesteps();

  @Option(
      names = "--noise-seed",
      paramLabel = "N",
      description = "Seed of all noise (default: ${DEFAULT-VALUE}).")
  private long noiseSeed = RECOMMENDED.noiseSeed();

  @Option(
      names = "--normalised",
      negatable = true,
      description = "Scale each gradient to unit norm before averaging (default: no).")
  private boolean normalised = RECOMMENDED.normalised();

  @Option(
      names = "--kernel",
      paramLabel = "KIND",
      description = "full, block (one kernel a layer) or identity (default: ${DEFAULT-VALUE}).")
  private KernelKind kernel = RECOMMENDED.kernel().kind();

  @Option(
      names = "--lambda",
      paramLabel = "L",
      description =
          "Ridge of the full kernel, relative to the mean of its non-zero eigenvalues (default:"
              + " ${DEFAULT-VALUE}).")
  private double lambda = RECOMMENDED.kernel().relativeLambda();

  @Override
  public Integer call() {
    Arguments.requireAtLeastOne("--timesteps", timesteps);
    ModelBundle opened = ModelBundle.open(bundle);
    TrainingData examples = TrainingData.open(data, opened);
    Indexing indexing =
        new Indexing(
            outputFunction, timesteps, noiseSeed, normalised, new KernelOptions(kernel, lambda));
    try (ConsoleProgress progress = new ConsoleProgress(root.console())) {
      CompiledBundle compiled = compiled(opened, progress);
      try (AttributionIndex index = indexing.build(compiled, examples, out, progress)) {
        progress.close();
        report(index.manifest());
      }
    }
    return 0;
  }

  private CompiledBundle compiled(ModelBundle opened, ConsoleProgress progress) {
    if (Files.exists(opened.gradientsDirectory().resolve("manifest.json"))) {
      return CompiledBundle.open(opened);
    }
    root.console().err().printf("%s is not compiled yet; compiling%n", bundle);
    return GradientCompiler.compile(opened, CompileOptions.defaults(), progress.named("Compiling"));
  }

  private void report(IndexManifest manifest) {
    root.console()
        .out()
        .printf(
            "Indexed %,d examples: features of length %d over %d timesteps (%s), kernel %s with"
                + " lambda %.3g, in %s%n",
            manifest.examples(),
            manifest.dimension(),
            manifest.provenance().timesteps().size(),
            manifest.provenance().outputFunction(),
            manifest.kernel(),
            manifest.lambda(),
            out);
  }
}
