package dev.cairn.app.demo;

import java.util.List;
import java.util.Locale;

/** The closing lines of a run. */
final class Summary {

  private Summary() {}

  static List<String> of(Tally tally, double chance) {
    return List.of(
        String.format(
            Locale.ROOT,
            "%,d attributions, median %.0f ms from a step's record to its attribution",
            tally.count(),
            tally.medianLatencyMillis()),
        String.format(
            Locale.ROOT,
            "mean share of the top-%d positive examples that are of the generated image's class",
            tally.examplesPerImage()),
        String.format(
            Locale.ROOT,
            "(nearest-neighbour vote of %d by pixels in the training set): %.1f %% (chance %.0f %%)",
            ClassVote.VOTERS,
            100 * tally.meanShareOfClass(),
            100 * chance));
  }
}
