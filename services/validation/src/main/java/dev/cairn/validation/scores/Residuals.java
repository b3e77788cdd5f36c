package dev.cairn.validation.scores;

import dev.cairn.diffusion.NoiseBank;
import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.runtime.Denoiser;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import java.util.ArrayList;
import java.util.List;

/** How far the model is off at each training example, for DAS. */
final class Residuals {
  private Residuals() {}

  /** r_i: mean over the timesteps of the root mean square error, with the features' noises. */
  static double[] of(ModelBundle bundle, TrainingData data, List<Integer> timesteps, long seed) {
    NoiseSchedule schedule = bundle.schedule();
    NoiseBank noise = new NoiseBank(seed);
    double[] residuals = new double[data.size()];
    try (Denoiser denoiser = new Denoiser(bundle.model())) {
      for (int i = 0; i < residuals.length; i++) {
        float[] image = data.image(i);
        List<Denoiser.Point> points = new ArrayList<>();
        List<float[]> targets = new ArrayList<>();
        for (int t : timesteps) {
          float[] epsilon = new float[image.length];
          noise.gaussian(data.examples().get(i).id(), t, 0, epsilon);
          float[] sample = new float[image.length];
          schedule.addNoise(image, epsilon, t, sample);
          float[] target = new float[image.length];
          schedule.target(image, epsilon, t, target);
          points.add(new Denoiser.Point(sample, t, data.conditioning(i)));
          targets.add(target);
        }
        float[][] predictions = denoiser.predict(points);
        for (int row = 0; row < predictions.length; row++) {
          residuals[i] += error(predictions[row], targets.get(row)) / predictions.length;
        }
      }
    }
    return residuals;
  }

  private static double error(float[] prediction, float[] target) {
    double sum = 0;
    for (int k = 0; k < target.length; k++) {
      double difference = (double) prediction[k] - target[k];
      sum += difference * difference;
    }
    return Math.sqrt(sum / target.length);
  }
}
