package dev.cairn.runtime;

import dev.cairn.attribution.PrincipalComponents;
import dev.cairn.attribution.Progress;
import dev.cairn.diffusion.NoiseBank;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.diffusion.OutputFunction;
import dev.cairn.gradients.GivenBases;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.ProjectionMatrices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * P_in and P_out of each layer as the principal components of its inputs and of its output
 * gradients over a sample of training images: the initialisation of LoGra (arXiv 2405.13954, §4).
 *
 * <p>Row i of the sample is image i × n / rows, noised at timestep (i + ½) T / rows, with the
 * training loss's gradient. Layers without a matrix of inputs keep their random projection.
 */
final class PrincipalBases {
  private static final String NOISE_ID = "principal-bases-";

  private final Map<String, double[]> moments = new HashMap<>();

  private PrincipalBases() {}

  /**
   * Runs the sample and finds the bases.
   *
   * @param scratch where the graph that gives moments may be written
   */
  static GivenBases of(
      ModelBundle bundle,
      CompileOptions options,
      TrainingData data,
      Path scratch,
      Progress progress) {
    CompiledGradients graph = GradientCompiler.moments(bundle.model(), options, scratch);
    PrincipalBases found = new PrincipalBases();
    int rows = Math.min(options.basisRows(), data.size());
    try (GradientRun run = new GradientRun(graph)) {
      for (int i = 0; i < rows; i++) {
        progress.update("moments", i, rows);
        run.run(List.of(row(bundle, options, data, i, rows)), found::add);
      }
    }
    return found.bases(options.seed());
  }

  private static GradientRow row(
      ModelBundle bundle, CompileOptions options, TrainingData data, int i, int rows) {
    NoiseSchedule schedule = bundle.schedule();
    int example = (int) ((long) i * data.size() / rows);
    int timestep = (int) ((2L * i + 1) * schedule.timesteps() / (2L * rows));
    float[] x0 = data.image(example);
    float[] epsilon = new float[x0.length];
    new NoiseBank(options.seed()).gaussian(NOISE_ID + i, timestep, 0, epsilon);
    float[] sample = new float[x0.length];
    schedule.addNoise(x0, epsilon, timestep, sample);
    float[] target = new float[x0.length];
    schedule.target(x0, epsilon, timestep, target);
    float[] scale = new float[x0.length];
    float[] offset = new float[x0.length];
    OutputFunction.LOSS.affine(target, scale, offset);
    return new GradientRow(sample, timestep, data.conditioning(example), scale, offset);
  }

  private void add(String output, int firstRow, float[][] values) {
    if (!output.startsWith(GradientGraph.MOMENT_IN)
        && !output.startsWith(GradientGraph.MOMENT_OUT)) {
      return;
    }
    double[] sum = moments.computeIfAbsent(output, _ -> new double[values[0].length]);
    for (float[] row : values) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += row[i];
      }
    }
  }

  private GivenBases bases(long seed) {
    Map<String, float[]> in = new HashMap<>();
    Map<String, float[]> out = new HashMap<>();
    for (String output : new ArrayList<>(moments.keySet())) {
      double[] moment = moments.remove(output);
      float[] rows = PrincipalComponents.of(moment, (int) Math.round(Math.sqrt(moment.length)));
      boolean input = output.startsWith(GradientGraph.MOMENT_IN);
      String prefix = input ? GradientGraph.MOMENT_IN : GradientGraph.MOMENT_OUT;
      (input ? in : out).put(output.substring(prefix.length()), rows);
    }
    return new GivenBases(in, out, new ProjectionMatrices(seed));
  }
}
