package dev.cairn.app.demo;

import dev.cairn.app.terminal.Columns;
import dev.cairn.app.terminal.Picture;
import dev.cairn.app.terminal.ScoreFormat;
import dev.cairn.app.terminal.Shading;
import dev.cairn.schemas.v1.ExampleScore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * One attribution as lines for a terminal of 80 columns or more: the estimate at the left, then the
 * training images that push it most, then the one that pushes away most. A wider terminal shows
 * larger pictures.
 */
final class StepPanel {

  private static final int SMALLEST = 16;
  private static final int LARGEST = 32;
  private static final int MARGINS = 1 + 4 + 2 + 4;
  private static final int PUSHING = 2;
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String RESET = "\u001b[0m";

  private final int widest;
  private final Shading shading;
  private final IntFunction<Picture> trainingPicture;

  /**
   * @param columns of the terminal
   * @param trainingPicture picture of a training example by its position in the index
   */
  StepPanel(int columns, Shading shading, IntFunction<Picture> trainingPicture) {
    this.widest = Math.clamp((columns - MARGINS) / (2 + PUSHING), SMALLEST, LARGEST);
    this.shading = shading;
    this.trainingPicture = trainingPicture;
  }

  /**
   * @param title what is shown at the left, at most 16 columns
   * @param note a second line below the title, may be empty
   * @param estimate the image that is attributed
   * @param pushing highest scores first
   * @param pushingAway lowest scores first
   */
  List<String> lines(
      String title,
      String note,
      Picture estimate,
      List<ExampleScore> pushing,
      List<ExampleScore> pushingAway) {
    int width = Math.max(SMALLEST, estimate.fitting(widest).width());
    Columns columns = new Columns().add(1, width, block(width, bold(title), note, "", estimate));
    int gap = 4;
    for (ExampleScore example : pushing.subList(0, Math.min(PUSHING, pushing.size()))) {
      columns.add(gap, width, exampleBlock(width, gap == 4 ? "pushed by" : "and by", example));
      gap = 2;
    }
    if (!pushingAway.isEmpty()) {
      columns.add(4, width, exampleBlock(width, "pushed away by", pushingAway.getFirst()));
    }
    return columns.lines();
  }

  private List<String> exampleBlock(int width, String heading, ExampleScore example) {
    String name =
        example.getLabel().isEmpty()
            ? "#" + example.getExampleId()
            : "#" + example.getExampleId() + " " + example.getLabel();
    return block(
        width,
        dim(heading),
        cut(width, name),
        ScoreFormat.signed(example.getScore()),
        trainingPicture.apply(example.getIndex()));
  }

  private List<String> block(
      int width, String heading, String name, String value, Picture picture) {
    List<String> lines = new ArrayList<>();
    lines.add(heading);
    lines.addAll(picture.fitting(width).lines(shading));
    lines.add(cut(width, name));
    lines.add(value);
    return lines;
  }

  private static String cut(int width, String text) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "~";
  }

  private String bold(String text) {
    return shading == Shading.ASCII ? text : BOLD + text + RESET;
  }

  private String dim(String text) {
    return shading == Shading.ASCII ? text : DIM + text + RESET;
  }
}
