package dev.cairn.validation;

import dev.cairn.attribution.Npy;
import dev.cairn.diffusion.NoiseBank;
import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.training.TrainedBundle;
import dev.cairn.validation.unet.UnetBuilder;
import dev.cairn.validation.unet.UnetSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Models and data small enough to be trained within a test. */
public final class TinyModels {
  public static final int SIZE = 8;
  private static final byte[] SCHEDULER =
      """
      {"num_train_timesteps": 100, "beta_start": 0.001, "beta_end": 0.2, "beta_schedule": "linear",
       "prediction_type": "epsilon", "clip_sample": true}
      """
          .getBytes(StandardCharsets.UTF_8);

  private TinyModels() {}

  /** Two levels of 4 and 8 channels, attention at the lower. */
  public static UnetSpec spec(int classes) {
    return new UnetSpec(1, SIZE, 1, List.of(4, 8), 1, Set.of(1), 2, 8, classes);
  }

  public static ModelBundle bundle(Path directory, int classes) {
    return bundle(directory, UnetBuilder.build(spec(classes), 1));
  }

  public static ModelBundle bundle(Path directory, ModelProto model) {
    return TrainedBundle.write(directory, model, SCHEDULER);
  }

  /** Bright squares whose place depends on the class, with a little noise. */
  public static TrainingData data(Path directory, ModelBundle bundle, int examples) {
    float[] images = new float[examples * SIZE * SIZE];
    long[] labels = new long[examples];
    float[] noise = new float[SIZE * SIZE];
    for (int i = 0; i < examples; i++) {
      labels[i] = i % 4;
      new NoiseBank(3).gaussian("image" + i, 0, 0, noise);
      int top = (int) (labels[i] / 2) * 4;
      int left = (int) (labels[i] % 2) * 4;
      for (int p = 0; p < noise.length; p++) {
        boolean inside = p / SIZE / 4 * 4 == top && p % SIZE / 4 * 4 == left;
        images[i * noise.length + p] = (inside ? 0.8f : -0.8f) + 0.1f * noise[p];
      }
    }
    Npy.writeFloats(directory.resolve("images.npy"), new int[] {examples, 1, SIZE, SIZE}, images);
    Npy.writeIntegers(directory.resolve("labels.npy"), new int[] {examples}, labels);
    Npy.writeIntegers(directory.resolve("class_labels.npy"), new int[] {examples}, labels);
    return TrainingData.open(directory, bundle);
  }
}
