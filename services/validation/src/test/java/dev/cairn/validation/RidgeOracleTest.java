package dev.cairn.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.Progress;
import dev.cairn.diffusion.NoiseBank;
import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.lds.LdsEvaluation;
import dev.cairn.validation.lds.LdsTable;
import dev.cairn.validation.lds.MethodResult;
import dev.cairn.validation.lds.OutputTable;
import dev.cairn.validation.lds.RidgeChoice;
import dev.cairn.validation.scores.FeatureSettings;
import dev.cairn.validation.scores.Method;
import dev.cairn.validation.scores.MethodScores;
import dev.cairn.validation.subsets.Query;
import dev.cairn.validation.subsets.QuerySet;
import dev.cairn.validation.subsets.SubsetMasks;
import dev.cairn.validation.subsets.SubsetStudy;
import dev.cairn.validation.training.TrainedBundle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Oracle O2 on the whole path of a validation: an ONNX file, compiled, featurised, fitted, scored,
 * and compared with retrainings that are exact because they have a closed form. As in the oracle of
 * the attribution room: 2,000 images of 8 pixels from four clusters.
 */
class RidgeOracleTest {
  private static final int D = 8;
  private static final int EXAMPLES = 2000;
  private static final int DRAWS = 300;
  private static final double ALPHA_BAR = 0.9;

  @TempDir Path directory;

  @Test
  void influence_predicts_retraining_and_the_kernel_does_the_better_the_less_it_interpolates() {
    // Given
    List<float[]> images = images("train", EXAMPLES);
    ModelBundle bundle =
        TrainedBundle.write(
            directory.resolve("ridge"),
            new RidgeModel(images, ALPHA_BAR, 1).onnx(),
            scheduler().getBytes(StandardCharsets.UTF_8));
    CompileOptions identity = new CompileOptions(CompileOptions.ProjectionKind.IDENTITY, 0, 0);
    CompiledBundle compiled = GradientCompiler.compile(bundle, identity, Progress.none());
    TrainingData data = data(images, bundle);
    QuerySet queries = queries();
    SubsetMasks masks = SubsetMasks.random(100, EXAMPLES, 0.5, 2);

    // When
    double[][] measured =
        new SubsetStudy(directory.resolve("measured"), 2, Progress.none())
            .run(masks, (_, examples, _) -> losses(images, examples, queries));
    OutputTable outputs = OutputTable.of(measured, queries);
    LdsEvaluation choosing = new LdsEvaluation(masks, outputs.only(queries.indices(true)));
    RidgeChoice choice = new RidgeChoice(choosing);
    LdsTable table = new LdsTable(new LdsEvaluation(masks, outputs.only(queries.indices(false))));
    MethodScores scores =
        new MethodScores(
            List.of(compiled),
            data,
            queries,
            new FeatureSettings(
                IntStream.range(0, DRAWS).boxed().toList(), 1, 3, List.of(1e-6, 1.0, 10.0)),
            2,
            Progress.none());
    List<Method> methods = Method.named(List.of("gradient-dot", "trak"));
    scores.prepare(methods, directory.resolve("features"));
    scores.all(methods, choice, table::add);

    // Then
    MethodResult influence = table.results(List.of("gradient-dot"), null, choice).getFirst();
    MethodResult trak = table.results(List.of("trak"), null, choice).getFirst();
    MethodResult pixels = table.results(List.of("pixel-cosine"), null, choice).getFirst();
    assertThat(influence.lds().get("held out").mean()).isGreaterThan(0.98);
    assertThat(trak.ldsByLambda().get(10.0)).isGreaterThan(trak.ldsByLambda().get(1.0));
    assertThat(trak.ldsByLambda().get(1.0)).isGreaterThan(trak.ldsByLambda().get(1e-6));
    assertThat(trak.lambda()).isEqualTo(10.0);
    assertThat(pixels.lds().get("held out").mean()).isEqualTo(0, within(0.15));
  }

  private static double[] losses(List<float[]> images, int[] examples, QuerySet queries) {
    List<float[]> seen = IntStream.of(examples).mapToObj(images::get).toList();
    RidgeModel retrained = new RidgeModel(seen, ALPHA_BAR, 1);
    return queries.queries().stream().mapToDouble(q -> retrained.loss(q.image())).toArray();
  }

  private static QuerySet queries() {
    List<float[]> images = images("query", 20);
    return new QuerySet(
        IntStream.range(0, images.size())
            .mapToObj(
                i ->
                    new Query(
                        "query" + i,
                        Query.Source.HELD_OUT,
                        i % 2 == 0,
                        "",
                        images.get(i),
                        Map.of(),
                        List.of()))
            .toList(),
        List.of());
  }

  /** One noise level for all timesteps, so that a grid of timesteps is as many draws. */
  private static String scheduler() {
    String rest = Collections.nCopies(DRAWS - 1, "1e-12").stream().collect(Collectors.joining(","));
    return """
    {"num_train_timesteps": %d, "trained_betas": [%s,%s], "prediction_type": "sample",
     "clip_sample": false}
    """
        .formatted(DRAWS, 1 - ALPHA_BAR, rest);
  }

  private TrainingData data(List<float[]> images, ModelBundle bundle) {
    float[] flat = new float[EXAMPLES * D];
    for (int i = 0; i < EXAMPLES; i++) {
      System.arraycopy(images.get(i), 0, flat, i * D, D);
    }
    Path data = directory.resolve("data");
    Npy.writeFloats(data.resolve("images.npy"), new int[] {EXAMPLES, 1, 1, D}, flat);
    return TrainingData.open(data, bundle);
  }

  /** Each cluster has two loud pixels; loudness falls from pixel to pixel. */
  private static List<float[]> images(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              float[] image = new float[D];
              new NoiseBank(1).gaussian(prefix + i, 0, 0, image);
              for (int j = 0; j < D; j++) {
                image[j] *= (float) ((j / 2 == i % 4 ? 1.5 : 0.3) / Math.sqrt(j + 1));
              }
              return image;
            })
        .toList();
  }
}
