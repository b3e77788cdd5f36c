package dev.cairn.app.terminal;

import java.util.Locale;
import java.util.Map;

/** How a grey or coloured picture becomes characters. */
public enum Shading {
  /** Half-block characters in 24-bit colour. */
  TRUECOLOR,
  /** Half-block characters in the 24 greys of the 256-colour palette. */
  GREY256,
  /** Plain ASCII characters of growing ink, no escape codes. */
  ASCII;

  /**
   * What the environment of a terminal promises. Follows the conventions of {@code NO_COLOR},
   * {@code COLORTERM} and {@code TERM}; a locale that is set to something other than UTF-8 means
   * ASCII.
   */
  public static Shading detect(boolean terminal, Map<String, String> environment) {
    if (!terminal || !environment.getOrDefault("NO_COLOR", "").isEmpty()) {
      return ASCII;
    }
    String locale =
        firstOf(environment, "LC_ALL", "LC_CTYPE", "LANG")
            .toLowerCase(Locale.ROOT)
            .replace("-", "");
    if (!locale.isEmpty() && !locale.contains("utf8")) {
      return ASCII;
    }
    String colour = environment.getOrDefault("COLORTERM", "");
    if (colour.equals("truecolor") || colour.equals("24bit")) {
      return TRUECOLOR;
    }
    String term = environment.getOrDefault("TERM", "dumb");
    if (term.contains("direct")) {
      return TRUECOLOR;
    }
    return term.contains("256color") || term.contains("kitty") || term.contains("alacritty")
        ? GREY256
        : ASCII;
  }

  private static String firstOf(Map<String, String> environment, String... names) {
    for (String name : names) {
      String value = environment.getOrDefault(name, "");
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }
}
