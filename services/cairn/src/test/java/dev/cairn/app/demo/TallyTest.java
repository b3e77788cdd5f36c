package dev.cairn.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.ExampleScore;
import dev.cairn.schemas.v1.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {

  @Test
  void a_result_that_arrives_twice_counts_once() {
    Tally tally = new Tally(2);

    assertThat(tally.add(result("a"), 1_000)).isTrue();
    assertThat(tally.add(result("a"), 9_000_000)).isFalse();
    assertThat(tally.complete()).isFalse();
    assertThat(tally.add(result("b"), 3_000)).isTrue();

    assertThat(tally.complete()).isTrue();
    assertThat(tally.medianLatencyMillis()).isEqualTo(2);
  }

  @Test
  void the_share_of_a_class_is_averaged_over_the_final_images() {
    Tally tally = new Tally(2);

    tally.addFinal(finalImage("Bag", "Bag", "Bag", "Trouser"), "Bag");
    double second = tally.addFinal(finalImage("Bag", "Trouser", "Trouser", "Trouser"), "Bag");

    assertThat(second).isEqualTo(0.25);
    assertThat(tally.meanShareOfClass()).isEqualTo(0.5, within(1e-12));
  }

  private static Attribution result(String id) {
    return Attribution.newBuilder().setResultId(id).build();
  }

  private static Attribution finalImage(String... labels) {
    return Attribution.newBuilder()
        .setSubject(Subject.FINAL_IMAGE)
        .addAllTopPositive(
            List.of(labels).stream()
                .map(label -> ExampleScore.newBuilder().setLabel(label).build())
                .toList())
        .build();
  }
}
