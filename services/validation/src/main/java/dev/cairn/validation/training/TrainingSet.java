package dev.cairn.validation.training;

import dev.cairn.runtime.TrainingData;
import java.util.BitSet;
import java.util.Map;
import java.util.stream.IntStream;

/** The examples that a model is trained on: all of a data set or some. */
public final class TrainingSet {
  private final TrainingData data;
  private final int[] indices;
  private final BitSet members = new BitSet();

  /**
   * @param indices of the examples, at least one
   */
  public TrainingSet(TrainingData data, int[] indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("a model cannot be trained on no examples");
    }
    this.data = data;
    this.indices = indices.clone();
    IntStream.of(indices).forEach(members::set);
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

  /** Examples of the whole data set. */
  int dataSize() {
    return data.size();
  }

  /** The example at a place of the set. */
  int member(int place) {
    return indices[place];
  }

  boolean contains(int example) {
    return members.get(example);
  }

  float[] image(int example) {
    return data.image(example);
  }

  Map<String, float[]> conditioning(int example) {
    return data.conditioning(example);
  }
}
