package dev.cairn.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.app.terminal.Picture;
import dev.cairn.app.terminal.Shading;
import dev.cairn.schemas.v1.ExampleScore;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class StepPanelTest {

  private static final Picture WHITE = picture(1);

  @Test
  void the_estimate_and_the_examples_stand_side_by_side_in_80_columns() {
    StepPanel panel = new StepPanel(80, Shading.ASCII, _ -> picture(-1));

    List<String> lines =
        panel.lines(
            "step 5 of 50",
            "t = 918",
            WHITE,
            List.of(example("000612", "Sneaker", 1.25f), example("000514", "Sneaker", 0.5f)),
            List.of(example("000088", "An unusually long label", -0.75f)));

    assertThat(lines)
        .hasSize(11)
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    assertThat(lines.getFirst())
        .isEqualTo(" step 5 of 50        pushed by         and by              pushed away by");
    assertThat(lines.get(1)).isEqualTo(" @@@@@@@@@@@@@@@@");
    assertThat(lines.get(9))
        .isEqualTo(" t = 918             #000612 Sneaker   #000514 Sneaker     #000088 An unus~");
    assertThat(lines.get(10))
        .isEqualTo(" ".repeat(21) + "+1.25             +0.500              -0.750");
  }

  @Test
  void a_panel_without_examples_still_shows_the_estimate() {
    StepPanel panel = new StepPanel(80, Shading.ASCII, _ -> WHITE);

    assertThat(panel.lines("final image", "", WHITE, List.of(), List.of())).hasSize(11);
  }

  @Test
  void a_wide_terminal_shows_pictures_at_their_own_size() {
    Picture large = new Picture(1, 28, 28, new float[28 * 28]);
    Function<Integer, Integer> lines =
        columns ->
            new StepPanel(columns, Shading.ASCII, _ -> large)
                .lines("final image", "", large, List.of(example("7", "Bag", 1)), List.of())
                .size();

    assertThat(lines.apply(122)).isEqualTo(3 + 7);
    assertThat(lines.apply(123)).isEqualTo(3 + 14);
  }

  private static ExampleScore example(String id, String label, float score) {
    return ExampleScore.newBuilder().setExampleId(id).setLabel(label).setScore(score).build();
  }

  private static Picture picture(float value) {
    float[] pixels = new float[256];
    java.util.Arrays.fill(pixels, value);
    return new Picture(1, 16, 16, pixels);
  }
}
