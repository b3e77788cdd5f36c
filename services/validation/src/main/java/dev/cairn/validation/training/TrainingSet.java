package dev.cairn.validation.training;

import dev.cairn.runtime.TrainingData;
import java.util.Map;
import java.util.stream.IntStream;

/** The examples that a model is trained on: all of a data set or some. */
public final class TrainingSet {
  private final TrainingData data;
  private final int[] indices;

  /**
   * @param indices of the examples, at least one
   */
  public TrainingSet(TrainingData data, int[] indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("a model cannot be trained on no examples");
    }
    this.data = data;
    this.indices = indices.clone();
  }

  public static TrainingSet all(TrainingData data) {
    return new TrainingSet(data, IntStream.range(0, data.size()).toArray());
  }

  public int size() {
    return indices.length;
  }

  /** The data set that this is a part of. */
  public TrainingData data() {
    return data;
  }

  /** Indices in the data set. */
  public int[] indices() {
    return indices.clone();
  }

  float[] image(int position) {
    return data.image(indices[position]);
  }

  Map<String, float[]> conditioning(int position) {
    return data.conditioning(indices[position]);
  }
}
