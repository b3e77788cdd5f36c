package dev.cairn.app.offline;

import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Images to be scored, with what they are conditioned on. */
sealed interface Queries extends AutoCloseable {

  int size();

  /** Returns query i as the denoiser takes it, flattened. */
  float[] image(int i);

  /** Returns the model's further inputs of query i, once for each of its captions. */
  List<Map<String, float[]>> conditionings(int i);

  @Override
  void close();

  /** Makes what the queries of a .npy are conditioned on. */
  interface Prompts {
    PromptedInputs open(ModelBundle bundle) throws IOException;
  }

  /** A .npy holds rows as the model takes them; anything else is a data set with captions. */
  static Queries open(Path queries, ModelBundle bundle, Prompts prompts) throws IOException {
    if (!queries.toString().endsWith(".npy")) {
      return new Pictures(TrainingData.open(queries, bundle));
    }
    List<Integer> shape = bundle.model().signature().sample().shape();
    float[][] rows = RowFiles.read(queries, shape, OptionalInt.empty());
    return new Rows(rows, prompts.open(bundle));
  }

  /** Rows of a file. */
  record Rows(float[][] rows, PromptedInputs inputs) implements Queries {
    @Override
    public int size() {
      return rows.length;
    }

    @Override
    public float[] image(int i) {
      return rows[i];
    }

    @Override
    public List<Map<String, float[]>> conditionings(int i) {
      return List.of(inputs.of(i));
    }

    @Override
    public void close() {
      inputs.close();
    }
  }

  /** A data set. */
  record Pictures(TrainingData data) implements Queries {
    @Override
    public int size() {
      return data.size();
    }

    @Override
    public float[] image(int i) {
      return data.image(i);
    }

    @Override
    public List<Map<String, float[]>> conditionings(int i) {
      return data.conditionings(i);
    }

    @Override
    public void close() {
      data.close();
    }
  }
}
