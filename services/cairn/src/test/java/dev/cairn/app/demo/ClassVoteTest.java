package dev.cairn.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassVoteTest {

  @Test
  void the_class_of_most_of_the_ten_nearest_images_wins() {
    // Given four near bags, six trousers a little farther, and a crowd of shoes far away
    List<float[]> images = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    add(images, labels, 4, "Bag", 0.1f);
    add(images, labels, 6, "Trouser", 0.2f);
    add(images, labels, 50, "Sneaker", 0.9f);

    // When
    String winner = new ClassVote(images, labels).of(new float[] {0, 0});

    // Then
    assertThat(winner).isEqualTo("Trouser");
  }

  @Test
  void of_classes_with_equal_votes_the_one_with_the_nearest_image_wins() {
    List<float[]> images = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    add(images, labels, 5, "Trouser", 0.2f);
    add(images, labels, 5, "Bag", 0.1f);

    assertThat(new ClassVote(images, labels).of(new float[] {0, 0})).isEqualTo("Bag");
  }

  private static void add(
      List<float[]> images, List<String> labels, int count, String label, float value) {
    for (int i = 0; i < count; i++) {
      images.add(new float[] {value, value});
      labels.add(label);
    }
  }
}
