package dev.cairn.app.cli;

import dev.cairn.diffusion.DdimSampler;
import dev.cairn.diffusion.DdpmSampler;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.diffusion.Sampler;
import picocli.CommandLine.Option;

/** How images are drawn. */
final class SamplerOptions {

  /** The samplers by the names of the command line. */
  private enum Kind {
    DDIM,
    DDPM
  }

  @Option(
      names = "--sampler",
      paramLabel = "KIND",
      description = "ddim (default, deterministic) or ddpm.")
  private Kind kind = Kind.DDIM;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Denoising steps an image (default: ${DEFAULT-VALUE}).")
  private int steps = 50;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed draws the same images (default: ${DEFAULT-VALUE}).")
  private long seed = 7;

  long seed() {
    return seed;
  }

  Sampler sampler(NoiseSchedule schedule) {
    return switch (kind) {
      case DDIM -> DdimSampler.of(schedule, steps, 0);
      case DDPM -> DdpmSampler.of(schedule, steps);
    };
  }
}
