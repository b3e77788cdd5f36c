package dev.cairn.app.demo;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import dev.cairn.app.terminal.Console;
import dev.cairn.app.terminal.Picture;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.ExampleScore;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/** Pictures and words for a person. */
final class TextPresenter implements Presenter {

  /** One panel is a dozen lines high or more: every step would scroll past before it is read. */
  private static final int SHOW_EVERY = 5;

  /** Further images are shown by their final panel only, and many by one line each. */
  private static final int SHOWN_STEP_BY_STEP = 2;

  private static final int SHOWN_BY_PANEL = 4;

  private final PrintStream out;
  private final StepPanel panel;
  private final int[] shape;
  private final int generations;
  private int headed = -1;

  /**
   * @param shape C×H×W of an image
   * @param generations how many images there will be
   * @param trainingPicture picture of a training example by its position in the index
   */
  TextPresenter(
      Console console, int[] shape, int generations, IntFunction<Picture> trainingPicture) {
    this.out = console.out();
    this.panel = new StepPanel(console.columns(), console.shading(), trainingPicture);
    this.shape = shape;
    this.generations = generations;
  }

  @Override
  public void opening() {
    out.println(
        """
        A small diffusion model draws clothes. Left: what it expects to draw, at a step on the way.
        Right: the training images that steer it there. A positive score means that the image pushes
        the model towards what is drawn: without it in the training set, the loss there would rise.""");
  }

  @Override
  public void step(int generation, Attribution attribution) {
    if (generation >= SHOWN_STEP_BY_STEP) {
      return;
    }
    if ((attribution.getStep() + 1) % SHOW_EVERY == 0) {
      String title =
          "step %d of %d".formatted(attribution.getStep() + 1, attribution.getStepCount());
      print(generation, attribution, title, "t = " + attribution.getTimestep());
    }
  }

  @Override
  public void finalImage(int generation, Attribution attribution, String imageClass, double share) {
    if (generation < SHOWN_BY_PANEL) {
      print(generation, attribution, "final image", imageClass);
    }
    out.printf(
        Locale.ROOT,
        "%sImage %d, %s: top %d towards it are %s%n",
        generation < SHOWN_BY_PANEL ? System.lineSeparator() : "",
        generation + 1,
        imageClass,
        attribution.getTopPositiveCount(),
        classes(attribution.getTopPositiveList()));
  }

  private void print(int generation, Attribution attribution, String title, String note) {
    // The last panels of one image may come after the next has begun.
    if (generation != headed) {
      out.printf("%nImage %d of %d%n", generation + 1, generations);
      headed = generation;
    }
    out.println();
    Picture estimate =
        Picture.of(shape, Tensors.floats("estimate", attribution.getEstimate(), shape));
    panel
        .lines(
            title,
            note,
            estimate,
            attribution.getTopPositiveList(),
            attribution.getTopNegativeList())
        .forEach(out::println);
    out.flush();
  }

  @Override
  public void summary(Tally tally, double chance) {
    out.println();
    Summary.of(tally, chance).forEach(out::println);
  }

  /** For example {@code Sneaker 9, Bag 1}. */
  private static String classes(List<ExampleScore> examples) {
    return examples.stream()
        .collect(groupingBy(ExampleScore::getLabel, counting()))
        .entrySet()
        .stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(joining(", "));
  }
}
