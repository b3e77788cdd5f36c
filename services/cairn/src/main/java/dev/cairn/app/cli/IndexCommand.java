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
import dev.cairn.runtime.DataOptions;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.runtime.pipeline.LatentKind;
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
      paramLabel = "DATA",
      description =
          "Training images: a folder of PNG or JPEG files (sub-folders are classes; captions in"
              + " metadata.jsonl or .txt), COCO captions (.json), WebDataset (.tar), IDX, CIFAR-10"
              + " (.bin), or images.npy (bytes, or float32 in the model's own scale).")
  private Path data;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Where the pictures of COCO captions are, if not beside them.")
  private Path images;

  @Option(
      names = "--latents",
      paramLabel = "KIND",
      description =
          "What stands for a picture in a latent pipeline: the encoder's mean (default), or a"
              + " sample drawn by the noise seed.")
  private LatentKind latents = LatentKind.MEAN;

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
          "Ridge, relative to the mean of a kernel's non-zero eigenvalues (default: by output"
              + " function and kernel).")
  private Double lambda;

  @Override
  public Integer call() {
    Arguments.requireAtLeastOne("--timesteps", timesteps);
    ModelBundle opened = ModelBundle.open(bundle);
    DataOptions reading = new DataOptions(images, latents, noiseSeed);
    Indexing indexing =
        new Indexing(
            outputFunction, timesteps, noiseSeed, normalised, new KernelOptions(kernel, ridge()));
    try (TrainingData examples = TrainingData.open(data, opened, reading);
        ConsoleProgress progress = new ConsoleProgress(root.console())) {
      CompiledBundle compiled = compiled(opened, progress);
      try (AttributionIndex index = indexing.build(compiled, examples, out, progress)) {
        progress.close();
        report(index.manifest());
      }
    }
    return 0;
  }

  private double ridge() {
    return lambda != null ? lambda : Indexing.recommendedLambda(outputFunction, kernel);
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
