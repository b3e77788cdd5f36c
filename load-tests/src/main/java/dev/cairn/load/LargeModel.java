package dev.cairn.load;

import com.google.protobuf.ByteString;
import dev.cairn.attribution.Progress;
import dev.cairn.gradients.onnx.GraphProto;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.gradients.onnx.StringStringEntryProto;
import dev.cairn.gradients.onnx.TensorProto;
import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompiledGradients;
import dev.cairn.runtime.DenoiserModel;
import dev.cairn.runtime.EngineOptions;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.GradientEngine;
import dev.cairn.runtime.GradientRow;
import dev.cairn.runtime.ModelSignature;
import dev.cairn.runtime.ResidentMemory;
import dev.cairn.validation.unet.UnetBuilder;
import dev.cairn.validation.unet.UnetSpec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A U-Net with about a gigabyte of random weights: made, or compiled and run, each in a process of
 * its own, so that the memory of one is not counted with the other's.
 */
@Command(name = "large-model", mixinStandardHelpOptions = true)
public final class LargeModel implements Callable<Integer> {

  @CommandLine.Parameters(paramLabel = "DIR", description = "where the model is")
  private Path directory;

  @Option(names = "--make", description = "make the model")
  private boolean make;

  @Option(names = "--width", description = "channels of both levels (${DEFAULT-VALUE})")
  private int width = 1088;

  @Option(names = "--embedded", description = "weights in the .onnx file and not beside it")
  private boolean embedded;

  @Option(names = "--rows", description = "rows to run (${DEFAULT-VALUE})")
  private int rows = 4;

  public static void main(String[] args) {
    System.exit(new CommandLine(new LargeModel()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    if (make) {
      make();
    } else {
      compileAndRun();
    }
    return 0;
  }

  private Path file() {
    return directory.resolve("model.onnx");
  }

  private void make() throws IOException {
    Files.createDirectories(directory);
    UnetSpec spec = new UnetSpec(4, 8, 1, List.of(width, width), 2, Set.of(1), 32, 16, 0);
    ModelProto model = UnetBuilder.build(spec, 1);
    if (!embedded) {
      model = external(model);
    }
    try (OutputStream out = Files.newOutputStream(file())) {
      model.writeTo(out);
    }
  }

  /** Weights in a second file, as PyTorch saves models beyond protobuf's 2 GB. */
  private ModelProto external(ModelProto model) throws IOException {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    long offset = 0;
    try (OutputStream out = Files.newOutputStream(directory.resolve("model.onnx_data"))) {
      for (int i = 0; i < graph.getInitializerCount(); i++) {
        TensorProto tensor = graph.getInitializer(i);
        ByteString raw = tensor.getRawData();
        if (raw.size() > 1024) {
          raw.writeTo(out);
          graph.setInitializer(
              i,
              tensor.toBuilder()
                  .clearRawData()
                  .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                  .addExternalData(pair("location", "model.onnx_data"))
                  .addExternalData(pair("offset", Long.toString(offset)))
                  .addExternalData(pair("length", Integer.toString(raw.size()))));
          offset += raw.size();
        }
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  private static StringStringEntryProto pair(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private void compileAndRun() throws IOException {
    long size = 0;
    try (var files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        size += Files.size(file);
      }
    }
    long start = System.nanoTime();
    DenoiserModel model = DenoiserModel.open(file());
    CompiledGradients gradients =
        GradientCompiler.compile(
            model, CompileOptions.defaults(), directory.resolve("gradients"), Progress.none());
    double compiled = (System.nanoTime() - start) / 1e9;
    long peakOfCompiling = ResidentMemory.highest();
    try (GradientEngine engine =
        new GradientEngine(gradients, new EngineOptions(1, rows), new SimpleMeterRegistry())) {
      start = System.nanoTime();
      engine.meanFeatures(Collections.nCopies(rows, row(model.signature())), false).join();
      System.out.printf(
          "model %.2f GB; compiled in %.0f s, %d features; %d rows in %.1f s%n"
              + "peak memory: compiling %.2f GB (%.2f x), all %.2f GB (%.2f x); now %.2f GB%n",
          size / 1e9,
          compiled,
          gradients.featureDimension(),
          rows,
          (System.nanoTime() - start) / 1e9,
          peakOfCompiling / 1e9,
          (double) peakOfCompiling / size,
          ResidentMemory.highest() / 1e9,
          (double) ResidentMemory.highest() / size,
          ResidentMemory.now() / 1e9);
      System.out.println("told by compile: " + gradients.manifest().run());
    }
  }

  private static GradientRow row(ModelSignature signature) {
    int elements = signature.sample().elements();
    float[] ones = new float[elements];
    Arrays.fill(ones, 0.1f);
    return new GradientRow(ones, 7, Map.of(), ones, ones);
  }
}
