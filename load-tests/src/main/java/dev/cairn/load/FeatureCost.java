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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What a row of features costs beside a row of the model itself: both in one run, in turns, each in
 * its own session with the same settings (one thread, all optimisations). Of several numbers of
 * rows a run each takes the one that is best for it, as {@code compile} chooses it too.
 */
@Command(name = "feature-cost", mixinStandardHelpOptions = true)
public final class FeatureCost implements Callable<Integer> {
  /** For the runs of one size. */
  private static final long ENOUGH_NANOS = 8_000_000_000L;

  private static final long FEWEST = 10;

  @CommandLine.Parameters(arity = "0..1", paramLabel = "MODEL", description = "an ONNX denoiser")
  private Path model;

  @Option(names = "--size", description = "a U-Net instead: ${COMPLETION-CANDIDATES}")
  private ModelSize size;

  @Option(names = "--dimension", description = "features a row (${DEFAULT-VALUE})")
  private int dimension = 2048;

  @Option(names = "--rows", split = ",", description = "rows a run (${DEFAULT-VALUE})")
  private List<Integer> sizes = List.of(1, 2, 4, 8, 16, 32);

  @Option(
      names = "--repetitions",
      description = "timed runs of each at most (${DEFAULT-VALUE}); fewer where they take long")
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
      System.out.printf("%s, %d features%n", size == null ? model : size, graph.featureDimension());
      System.out.printf("%-12s%14s%14s  ms a row, CPU%n", "rows a run", "forward", "features");
      for (int rows : sizes) {
        race(rows, forward, features);
      }
      Cost one = forward.best();
      Cost other = features.best();
      System.out.printf("%-12s%14s%14s  medians%n", "", "wall clock", "CPU");
      print("forward", one);
      print("features", other);
      System.out.printf(
          "%-12s%14.2f%14.2f%n", "ratio", other.wall() / one.wall(), other.cpu() / one.cpu());
      System.out.printf(
          "rows/s %.2f; memory: process %.0f MB before, %.0f MB after a run, %.0f MB at most%n",
          1000 / other.cpu(),
          before / 1e6,
          ResidentMemory.now() / 1e6,
          ResidentMemory.highest() / 1e6);
    }
  }

  private void race(int rows, Contender forward, Contender features) throws OrtException {
    forward.prepare(rows);
    features.prepare(rows);
    long start = System.nanoTime();
    forward.run();
    features.run();
    long fitting = ENOUGH_NANOS / (System.nanoTime() - start);
    int runs = (int) Math.clamp(fitting, FEWEST, repetitions);
    for (int i = 0; i < runs + runs / 5; i++) {
      if (i == runs / 5) {
        forward.forget();
        features.forget();
      }
      forward.run();
      features.run();
    }
    System.out.printf("%-12d%14.4f%14.4f%n", rows, forward.cost().cpu(), features.cost().cpu());
  }

  private static void print(String name, Cost cost) {
    System.out.printf(
        "%-12s%14.4f%14.4f  ms a row, of %d rows%n", name, cost.wall(), cost.cpu(), cost.rows());
  }

  /** Milliseconds a row. */
  private record Cost(int rows, double wall, double cpu) {}

  /** A session with inputs of its own, and the times of its runs. */
  private static final class Contender implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final List<Double> wall = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
    private final List<Cost> costs = new ArrayList<>();
    private final OrtSession session;
    private final Set<String> outputs;
    private int rows;

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
    }

    /** Makes inputs of so many rows; what has been measured before is kept. */
    void prepare(int newRows) throws OrtException {
      if (rows > 0) {
        costs.add(cost());
      }
      forget();
      rows = newRows;
      inputs.values().forEach(OnnxTensor::close);
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
      wall.add((System.nanoTime() - start) / 1e6);
      long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuStart;
      cpu.add(used / 1e6);
    }

    void forget() {
      wall.clear();
      cpu.clear();
    }

    Cost cost() {
      return new Cost(rows, median(wall) / rows, median(cpu) / rows);
    }

    Cost best() {
      return Stream.concat(costs.stream(), Stream.of(cost()))
          .min(Comparator.comparingDouble(Cost::wall))
          .orElseThrow();
    }

    private static double median(List<Double> times) {
      return times.stream().sorted().toList().get(times.size() / 2);
    }

    @Override
    public void close() throws OrtException {
      inputs.values().forEach(OnnxTensor::close);
      session.close();
    }
  }
}
