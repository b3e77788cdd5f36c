package dev.cairn.app.cli;

import dev.cairn.attribution.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The demonstration's model and a few of its images, laid out for a test. */
final class DemoModel {

  private DemoModel() {}

  /** A bundle that is not compiled. */
  static Path bundle(Path parent) throws IOException {
    Path bundle = parent.resolve("fashion-16px");
    copy("unet/model.onnx", bundle);
    copy("scheduler/scheduler_config.json", bundle);
    return bundle;
  }

  /** A data directory with every {@code stride}th training image. */
  static Path data(Path parent, int stride) throws IOException {
    Path all = parent.resolve("all");
    copy("data/images.npy", all);
    copy("data/labels.npy", all);
    float[] images = Npy.readFloats(all.resolve("data/images.npy")).data();
    long[] labels = Npy.readIntegers(all.resolve("data/labels.npy")).data();
    int pixels = images.length / labels.length;
    int count = Math.ceilDiv(labels.length, stride);
    float[] some = new float[count * pixels];
    long[] someLabels = new long[count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(images, i * stride * pixels, some, i * pixels, pixels);
      someLabels[i] = labels[i * stride];
    }
    Path data = Files.createDirectories(parent.resolve("data"));
    Npy.writeFloats(data.resolve("images.npy"), new int[] {count, 1, 16, 16}, some);
    Npy.writeIntegers(data.resolve("labels.npy"), new int[] {count}, someLabels);
    return data;
  }

  /** An image file with {@code rows} smooth images, all finite. */
  static float[] ramp(int rows) {
    float[] values = new float[rows * 256];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i * 0.05);
    }
    return values;
  }

  static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }

  private static void copy(String name, Path to) throws IOException {
    Path file = to.resolve(name);
    Files.createDirectories(file.getParent());
    try (InputStream in = DemoModel.class.getResourceAsStream("/demo/fashion-16px/" + name)) {
      Files.copy(in, file);
    }
  }
}
