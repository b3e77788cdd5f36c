package dev.cairn.app.terminal;

import java.util.Locale;

/** Scores as people read them: signed, three significant digits. */
public final class ScoreFormat {

  private ScoreFormat() {}

  /** For example {@code +12.3}, {@code -0.0412} or {@code +1.23e-05}. */
  public static String signed(double score) {
    double magnitude = Math.abs(score);
    if (magnitude == 0) {
      return "0";
    }
    if (magnitude < 0.001 || magnitude >= 10_000) {
      return String.format(Locale.ROOT, "%+.2e", score);
    }
    int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(magnitude)));
    return String.format(Locale.ROOT, "%+." + decimals + "f", score);
  }
}
