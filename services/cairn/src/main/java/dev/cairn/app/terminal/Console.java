package dev.cairn.app.terminal;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * Where a command writes, and what can be shown there.
 *
 * @param out the command's own result: nothing else goes there
 * @param err progress, notes and errors
 * @param outIsTerminal whether {@code out} is a terminal
 * @param errIsTerminal whether {@code err} is a terminal
 * @param columns width to lay text out for
 * @param shading how pictures are drawn on {@code out}
 */
public record Console(
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    int columns,
    Shading shading) {

  private static final int DEFAULT_COLUMNS = 80;

  /**
   * The console of this process. The launcher says which streams are terminals: the JVM cannot tell
   * standard output and standard error apart.
   */
  public static Console ofProcess() {
    List<String> terminals = List.of(System.getProperty("cairn.terminal", "").split(","));
    boolean out = terminals.contains("out");
    return new Console(
        System.out,
        System.err,
        out,
        terminals.contains("err"),
        columns(System.getProperty("cairn.columns", "")),
        Shading.detect(out, System.getenv()));
  }

  /** A console that is no terminal, for tests and pipes. */
  public static Console plain(PrintStream out, PrintStream err) {
    return new Console(out, err, false, false, DEFAULT_COLUMNS, Shading.detect(false, Map.of()));
  }

  private static int columns(String text) {
    try {
      return Math.max(40, Integer.parseInt(text.strip()));
    } catch (NumberFormatException _) {
      return DEFAULT_COLUMNS;
    }
  }
}
