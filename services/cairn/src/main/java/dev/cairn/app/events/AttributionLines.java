package dev.cairn.app.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.app.terminal.ScoreFormat;
import dev.cairn.attributor.events.PayloadFormat;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.ExampleScore;
import dev.cairn.schemas.v1.Subject;
import java.util.List;
import java.util.stream.Collectors;

/** An attribution as one line. */
public final class AttributionLines {

  private static final int SHOWN = 3;

  private AttributionLines() {}

  /** Canonical protobuf JSON. */
  public static String json(Attribution attribution) {
    return new String(PayloadFormat.JSON.write(attribution), UTF_8);
  }

  /**
   * For people, for example {@code demo-7-0 step 25/50 t=489 + #612 Sneaker +1.2, … - #88 Bag
   * -0.4}.
   */
  public static String text(Attribution attribution) {
    String subject =
        attribution.getSubject() == Subject.STEP
            ? "step %d/%d t=%d"
                .formatted(
                    attribution.getStep() + 1,
                    attribution.getStepCount(),
                    attribution.getTimestep())
            : attribution.getSubject() == Subject.FINAL_IMAGE
                ? "final image"
                : attribution.getSubject().name().toLowerCase(java.util.Locale.ROOT);
    return "%s %s  towards: %s  away: %s"
        .formatted(
            attribution.getGenerationId(),
            subject,
            examples(attribution.getTopPositiveList()),
            examples(attribution.getTopNegativeList()));
  }

  private static String examples(List<ExampleScore> examples) {
    return examples.stream()
        .limit(SHOWN)
        .map(e -> "%s %s".formatted(name(e), ScoreFormat.signed(e.getScore())))
        .collect(Collectors.joining(", "));
  }

  private static String name(ExampleScore example) {
    return example.getLabel().isEmpty()
        ? "#" + example.getExampleId()
        : "#%s %s".formatted(example.getExampleId(), example.getLabel());
  }
}
