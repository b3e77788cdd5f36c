package dev.cairn.app.offline;

import dev.cairn.app.CommandFailure;
import dev.cairn.attribution.Npy;
import dev.cairn.diffusion.OutputFunction;
import dev.cairn.gradients.GradientGraph;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.runtime.CompiledGradients;
import dev.cairn.runtime.GradientRow;
import dev.cairn.runtime.GradientRun;
import dev.cairn.runtime.ModelInput;
import dev.cairn.runtime.ModelSignature;
import dev.cairn.runtime.OpenAxes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Evaluates a gradient graph on rows from .npy files and writes every output as .npy, so that any
 * other framework can check it.
 */
public final class GradientDump {

  private final CompiledGradients gradients;
  private final Path inputs;

  /**
   * @param gradients the graph to evaluate
   * @param inputs directory with a .npy named after each of the model's inputs, and {@code
   *     target.npy} or {@code scale.npy} and {@code offset.npy}
   */
  public GradientDump(CompiledGradients gradients, Path inputs) {
    this.gradients = gradients;
    this.inputs = inputs;
  }

  /** Sizes of a model's open axes, as the files of its inputs have them. */
  public static OpenAxes axes(Path inputs) {
    return (input, axis) -> {
      Path file = inputs.resolve(fileName(input));
      int[] shape = Files.isRegularFile(file) ? Npy.shape(file) : new int[0];
      return axis < shape.length ? OptionalLong.of(shape[axis]) : OptionalLong.empty();
    };
  }

  /** What was written. */
  public record Written(int rows, int featureDimension, int rawGradients) {}

  /**
   * Writes {@code prediction.npy}, {@code features.npy}, with a target {@code loss.npy}, and with
   * the identity projection {@code gradients/PARAMETER.npy}.
   *
   * @throws CommandFailure if an input is missing, of the wrong shape, or not finite
   */
  public Written write(Path out) throws IOException {
    if (!Files.isDirectory(inputs)) {
      throw new CommandFailure(inputs + ": no such directory; it must hold the inputs as .npy");
    }
    ModelSignature signature = gradients.model().signature();
    Map<String, float[][]> fed = new LinkedHashMap<>();
    OptionalInt rows = OptionalInt.empty();
    for (ModelInput input : signature.inputs().toList()) {
      float[][] values = RowFiles.read(file(input.name()), input.shape(), rows);
      rows = OptionalInt.of(values.length);
      fed.put(input.name(), values);
    }
    Cotangents cotangents = cotangents(rows);
    List<GradientRow> batch = new ArrayList<>();
    for (int row = 0; row < rows.getAsInt(); row++) {
      batch.add(row(signature, fed, cotangents, row));
    }
    return writeOutputs(out, evaluate(batch), cotangents);
  }

  /** s and o of each row, and the target they came from, if any. */
  private record Cotangents(float[][] scale, float[][] offset, float[][] target) {}

  private Cotangents cotangents(OptionalInt rows) {
    List<Integer> shape = gradients.manifest().predictionShape();
    boolean hasTarget = Files.exists(file("target"));
    float[][] target = hasTarget ? RowFiles.read(file("target"), shape, rows) : null;
    if (Files.exists(file("scale")) || Files.exists(file("offset"))) {
      // An explicit cotangent decides; a target beside it still gives the loss.
      return new Cotangents(
          RowFiles.read(file("scale"), shape, rows),
          RowFiles.read(file("offset"), shape, rows),
          target);
    }
    if (!hasTarget) {
      throw new CommandFailure(
          inputs
              + ": holds neither target.npy nor scale.npy and offset.npy; one or the other says"
              + " whose gradient to take");
    }
    float[][] scale = new float[target.length][target[0].length];
    float[][] offset = new float[target.length][target[0].length];
    for (int row = 0; row < target.length; row++) {
      OutputFunction.LOSS.affine(target[row], scale[row], offset[row]);
    }
    return new Cotangents(scale, offset, target);
  }

  private static GradientRow row(
      ModelSignature signature, Map<String, float[][]> fed, Cotangents cotangents, int row) {
    Map<String, float[]> conditioning = new HashMap<>();
    for (ModelInput input : signature.conditioning()) {
      conditioning.put(input.name(), fed.get(input.name())[row]);
    }
    return new GradientRow(
        fed.get(signature.sample().name())[row],
        (long) fed.get(signature.timestep().name())[row][0],
        conditioning,
        cotangents.scale()[row],
        cotangents.offset()[row]);
  }

  private Map<String, float[][]> evaluate(List<GradientRow> rows) {
    Map<String, float[][]> outputs = new LinkedHashMap<>();
    try (GradientRun run = new GradientRun(gradients)) {
      run.run(
          rows,
          (output, firstRow, values) -> {
            float[][] all = outputs.computeIfAbsent(output, _ -> new float[rows.size()][]);
            System.arraycopy(values, 0, all, firstRow, values.length);
          });
    }
    return outputs;
  }

  private Written writeOutputs(Path out, Map<String, float[][]> outputs, Cotangents cotangents)
      throws IOException {
    Files.createDirectories(out);
    float[][] prediction = outputs.get(GradientGraph.PREDICTION);
    float[][] features = outputs.get(GradientGraph.FEATURES);
    write(out.resolve("prediction.npy"), gradients.manifest().predictionShape(), prediction);
    write(out.resolve("features.npy"), List.of(gradients.featureDimension()), features);
    if (cotangents.target() != null) {
      float[] loss = new float[prediction.length];
      for (int row = 0; row < loss.length; row++) {
        loss[row] = meanSquaredError(prediction[row], cotangents.target()[row]);
      }
      Npy.writeFloats(out.resolve("loss.npy"), new int[] {loss.length}, loss);
    }
    int raw = 0;
    for (ParameterFeatures parameter : gradients.manifest().layout()) {
      float[][] gradient = outputs.get(GradientGraph.GRADIENT_PREFIX + parameter.name());
      if (gradient != null) {
        Path directory = Files.createDirectories(out.resolve("gradients"));
        write(directory.resolve(fileName(parameter.name())), parameter.shape(), gradient);
        raw++;
      }
    }
    return new Written(prediction.length, gradients.featureDimension(), raw);
  }

  /** File name of a tensor: its own name, only {@code /} becomes {@code %2F}. */
  static String fileName(String tensor) {
    return tensor.replace("/", "%2F") + ".npy";
  }

  private Path file(String tensor) {
    return inputs.resolve(fileName(tensor));
  }

  private static float meanSquaredError(float[] prediction, float[] target) {
    double sum = 0;
    for (int i = 0; i < prediction.length; i++) {
      double difference = (double) prediction[i] - target[i];
      sum += difference * difference;
    }
    return (float) (sum / prediction.length);
  }

  private static void write(Path file, List<Integer> rowShape, float[][] rows) {
    int elements = rows[0].length;
    float[] flat = new float[Math.multiplyExact(rows.length, elements)];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(rows[row], 0, flat, row * elements, elements);
    }
    int[] shape =
        IntStream.concat(IntStream.of(rows.length), rowShape.stream().mapToInt(Integer::intValue))
            .toArray();
    Npy.writeFloats(file, shape, flat);
  }
}
