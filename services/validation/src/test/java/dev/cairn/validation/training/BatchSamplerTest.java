package dev.cairn.validation.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.diffusion.NoiseSchedule;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.runtime.TrainingRow;
import dev.cairn.validation.TinyModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchSamplerTest {
  private static final int EXAMPLES = 20;
  private static final int BATCH = 10;

  @TempDir Path directory;
  private TrainingData data;
  private NoiseSchedule schedule;

  @BeforeEach
  void open() {
    ModelBundle bundle = TinyModels.bundle(directory.resolve("bundle"), 4);
    data = TinyModels.data(directory.resolve("data"), bundle, EXAMPLES);
    schedule = bundle.schedule();
  }

  @Test
  void every_example_is_seen_once_an_epoch() {
    List<TrainingRow> epoch = rows(IntStream.range(0, EXAMPLES).toArray(), 2);

    assertThat(epoch.stream().map(row -> row.conditioning().get("class_labels")[0]))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, EXAMPLES)
                .mapToObj(i -> data.conditioning(i).get("class_labels")[0])
                .toList());
  }

  @Test
  void models_on_parts_of_the_data_differ_only_where_one_lacks_the_example() {
    // Given
    int epochs = 6;
    int[] without = IntStream.range(2, EXAMPLES).toArray();

    // When
    List<TrainingRow> all = rows(IntStream.range(0, EXAMPLES).toArray(), 2 * epochs);
    List<TrainingRow> some = rows(without, 2 * epochs);

    // Then
    int differences = 0;
    for (int p = 0; p < all.size(); p++) {
      assertThat(some.get(p).timestep()).isEqualTo(all.get(p).timestep());
      differences += java.util.Arrays.equals(some.get(p).sample(), all.get(p).sample()) ? 0 : 1;
    }
    assertThat(differences).isEqualTo(2 * epochs);
  }

  private List<TrainingRow> rows(int[] examples, int steps) {
    BatchSampler sampler =
        new BatchSampler(
            new TrainingSet(data, examples), schedule, TrainingOptions.of(1, BATCH, 7), 8);
    List<TrainingRow> rows = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      rows.addAll(sampler.batch(step));
    }
    return rows;
  }
}
