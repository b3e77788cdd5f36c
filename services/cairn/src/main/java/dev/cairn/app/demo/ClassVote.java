package dev.cairn.app.demo;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Names the class of an image by a vote of its nearest training images, by squared distance of
 * pixels: a judge that knows nothing of gradients.
 */
final class ClassVote {

  /** How many neighbours vote. */
  static final int VOTERS = 10;

  private record Neighbour(int index, double distance) {}

  private final List<float[]> images;
  private final List<String> labels;

  /**
   * @param images the training images, flattened, all of one length
   * @param labels the class of each
   */
  ClassVote(List<float[]> images, List<String> labels) {
    this.images = images;
    this.labels = labels;
  }

  /** The class that most of the nearest images have; of equals, the one with the nearest image. */
  String of(float[] image) {
    // The farthest of the neighbours so far is on top, ready to be replaced.
    PriorityQueue<Neighbour> nearest =
        new PriorityQueue<>(Comparator.comparingDouble(Neighbour::distance).reversed());
    for (int i = 0; i < images.size(); i++) {
      nearest.add(new Neighbour(i, squaredDistance(images.get(i), image)));
      if (nearest.size() > VOTERS) {
        nearest.poll();
      }
    }
    Map<String, Integer> votes = new HashMap<>();
    Map<String, Double> closest = new HashMap<>();
    for (Neighbour neighbour : nearest) {
      String label = labels.get(neighbour.index());
      votes.merge(label, 1, Integer::sum);
      closest.merge(label, neighbour.distance(), Math::min);
    }
    return votes.keySet().stream()
        .max(
            Comparator.<String>comparingInt(votes::get)
                .thenComparing(closest::get, Comparator.reverseOrder()))
        .orElseThrow();
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }
}
