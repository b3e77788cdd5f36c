package dev.cairn.load;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.cairn.gradients.Differentiator;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.GradientSpec;
import dev.cairn.gradients.Parameters;
import dev.cairn.gradients.Projection;
import dev.cairn.runtime.ResidentMemory;
import dev.cairn.runtime.compile.ModelSimplifier;
import dev.cairn.runtime.compile.SimplifiedModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What a row of features costs beside a row of the model itself: both in one run, in turns, each in
 * its own session with the same settings (one thread, all optimisations).
 */
@Command(name = "feature-cost", mixinStandardHelpOptions = true)
public final class FeatureCost implements Callable<Integer> {
  @CommandLine.Parameters(arity = "0..1", paramLabel = "MODEL", description = "an ONNX denoiser")
  private Path model;

  @Option(names = "--size", description = "a U-Net instead: ${COMPLETION-CANDIDATES}")
  private ModelSize size;

  @Option(names = "--dimension", description = "features a row (${DEFAULT-VALUE})")
  private int dimension = 2048;

  @Option(names = "--rows", description = "rows a batch (${DEFAULT-VALUE})")
  private int rows = 32;

  @Option(names = "--repetitions", description = "timed runs of each (${DEFAULT-VALUE})")
  private int repetitions = 60;

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new FeatureCost()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (size == null) {
      measure();
      return 0;
    }
    model = Files.createTempFile("cairn-feature-cost-", ".onnx");
    try {
      Files.write(model, size.model().toByteArray());
      measure();
    } finally {
      Files.delete(model);
    }
    return 0;
  }

  private void measure() throws IOException, OrtException {
    SimplifiedModel simplified = ModelSimplifier.simplify(model);
    var parameters = Parameters.discover(simplified.original(), simplified.simplified());
    GradientGraph graph =
        Differentiator.differentiate(
            simplified.simplified(),
            new GradientSpec(parameters, new Projection.Kronecker(1, dimension)));
    byte[] bytes = graph.model().toByteArray();
    long before = ResidentMemory.now();
    try (var features = new Contender(bytes, Set.of(GradientGraph.FEATURES));
        var forward = new Contender(Files.readAllBytes(model), null)) {
      features.run();
      long rest = ResidentMemory.now();
      for (int i = 0; i < repetitions / 5 + 1; i++) {
        forward.run();
        features.run();
      }
      forward.forget();
      features.forget();
      for (int i = 0; i < repetitions; i++) {
        forward.run();
        features.run();
      }
      System.out.printf(
          "%s, %d rows, %d features, medians of %d%n",
          size == null ? model : size, rows, graph.featureDimension(), repetitions);
      System.out.printf("%-12s%14s%14s%n", "ms a row", "wall clock", "CPU");
      print("forward", forward.wall(), forward.cpu());
      print("features", features.wall(), features.cpu());
      System.out.printf(
          "%-12s%14.2f%14.2f%n",
          "ratio", features.wall() / forward.wall(), features.cpu() / forward.cpu());
      System.out.printf(
          "rows/s %.2f; memory: process %.0f MB before, %.0f MB after a run, %.0f MB at most%n",
          1000 / features.cpu(), before / 1e6, rest / 1e6, ResidentMemory.highest() / 1e6);
    }
  }

  private static void print(String name, double wall, double cpu) {
    System.out.printf("%-12s%14.4f%14.4f%n", name, wall, cpu);
  }

  /** A session with inputs of its own, and the times of its runs. */
  private final class Contender implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final double[] wall = new double[repetitions];
    private final double[] cpu = new double[repetitions];
    private final OrtSession session;
    private final Set<String> outputs;
    private int runs;

    /**
     * @param outputs those to ask for, or null for all
     */
    Contender(byte[] bytes, Set<String> outputs) throws OrtException {
      try (var options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        session = environment.createSession(bytes, options);
      }
      this.outputs = outputs == null ? session.getOutputNames() : outputs;
      Random random = new Random(1);
      for (NodeInfo input : session.getInputInfo().values()) {
        inputs.put(input.getName(), tensor((TensorInfo) input.getInfo(), random));
      }
    }

    private OnnxTensor tensor(TensorInfo info, Random random) throws OrtException {
      long[] shape = info.getShape().clone();
      shape[0] = rows;
      int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
      return switch (info.type) {
        case FLOAT -> {
          FloatBuffer data = FloatBuffer.allocate(count);
          for (int i = 0; i < count; i++) {
            data.put(i, (float) random.nextGaussian());
          }
          yield OnnxTensor.createTensor(environment, data, shape);
        }
        case INT64 ->
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(random.longs(count, 0, 1000).toArray()), shape);
        default -> throw new IllegalArgumentException("input type " + info.type);
      };
    }

    void run() throws OrtException {
      long cpuStart = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      long start = System.nanoTime();
      session.run(inputs, outputs).close();
      wall[runs % repetitions] = System.nanoTime() - start;
      cpu[runs % repetitions] =
          ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuStart;
      runs++;
    }

    void forget() {
      runs = 0;
    }

    double wall() {
      return median(wall) / rows / 1e6;
    }

    double cpu() {
      return median(cpu) / rows / 1e6;
    }

    private double median(double[] times) {
      double[] sorted = times.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }

    @Override
    public void close() throws OrtException {
      inputs.values().forEach(OnnxTensor::close);
      session.close();
    }
  }
}
