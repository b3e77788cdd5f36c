package dev.cairn.app.cli;

import dev.cairn.app.config.ClientConfig;
import dev.cairn.app.events.GenerationPublisher;
import dev.cairn.app.offline.PromptedInputs;
import dev.cairn.app.terminal.ConsoleProgress;
import dev.cairn.attribution.Npy;
import dev.cairn.diffusion.Sampler;
import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.Guidance;
import dev.cairn.runtime.ImageGenerator;
import dev.cairn.runtime.ModelBundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "generate",
    description = "Draws images with a model and publishes every denoising step to Kafka.")
final class GenerateCommand implements Callable<Integer> {

  @ParentCommand private RootCommand root;

  @Parameters(paramLabel = "BUNDLE", description = "The model bundle's directory.")
  private Path bundle;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "How many images (default: ${DEFAULT-VALUE}).")
  private int count = 1;

  @Option(
      names = "--id-prefix",
      paramLabel = "TEXT",
      description =
          "Generations are named TEXT-SEED-0, TEXT-SEED-1 and so on (default: ${DEFAULT-VALUE}).")
  private String idPrefix = "generation";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Also write the final images to this .npy; without --bootstrap or --config nothing is"
              + " published then.")
  private Path out;

  @Option(
      names = "--negative-prompt",
      paramLabel = "TEXT",
      description = "What guidance leads away from (default: nothing).")
  private String negative = "";

  @Option(
      names = "--guidance-scale",
      paramLabel = "W",
      description =
          "Classifier-free guidance; 1 (default) is the prompt alone. Steps carry the guided"
              + " prediction; features are taken under the prompt.")
  private double guidanceScale = 1;

  @Mixin private PromptOptions prompts;
  @Mixin private SamplerOptions sampling;
  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() throws IOException {
    Arguments.requireAtLeastOne("--count", count);
    ModelBundle opened = ModelBundle.open(bundle);
    Sampler sampler = sampling.sampler(opened.schedule());
    boolean publish = out == null || kafka.given();
    ClientConfig config = kafka.config();
    float[][] images = new float[count][];
    try (PromptedInputs inputs = prompts.open(opened);
        Denoiser denoiser = new Denoiser(opened.model());
        GenerationPublisher publisher = publish ? new GenerationPublisher(config, opened) : null;
        ConsoleProgress progress = new ConsoleProgress(root.console())) {
      ImageGenerator generator = new ImageGenerator(opened, denoiser, sampler, sampling.seed());
      Guidance guidance = inputs.guidance(negative, guidanceScale);
      int steps = sampler.timesteps().length;
      for (int i = 0; i < count; i++) {
        String id = "%s-%d-%d".formatted(idPrefix, sampling.seed(), i);
        long before = (long) i * steps;
        Map<String, float[]> conditioning = inputs.of(i);
        images[i] =
            generator.generate(
                id,
                conditioning,
                guidance,
                step -> {
                  if (publisher != null) {
                    publisher.step(id, step, conditioning);
                  }
                  progress.update("Denoising", before + step.step() + 1, (long) count * steps);
                });
        if (publisher != null) {
          publisher.completed(id, steps, images[i], conditioning);
        }
      }
      if (publisher != null) {
        publisher.flush();
      }
    }
    if (out != null) {
      write(opened, images);
    }
    report(publish ? config : null);
    return 0;
  }

  private void write(ModelBundle opened, float[][] images) {
    int elements = opened.model().signature().sample().elements();
    float[] flat = new float[Math.multiplyExact(count, elements)];
    for (int i = 0; i < count; i++) {
      System.arraycopy(images[i], 0, flat, i * elements, elements);
    }
    IntStream shape =
        opened.model().signature().sample().shape().stream().mapToInt(Integer::intValue);
    Npy.writeFloats(out, IntStream.concat(IntStream.of(count), shape).toArray(), flat);
  }

  private void report(ClientConfig published) {
    String images = count == 1 ? "1 image" : count + " images";
    if (published != null) {
      root.console()
          .out()
          .printf(
              "Published %s to %s at %s%n",
              images, published.topics().generations(), published.kafka().bootstrapServers());
    }
    if (out != null) {
      root.console().out().printf("Wrote %s to %s%n", images, out);
    }
  }
}
