package dev.cairn.app.terminal;

import java.util.ArrayList;
import java.util.List;

/** Blocks of lines side by side. */
public final class Columns {

  private record Block(int gap, int width, List<String> lines) {}

  private final List<Block> blocks = new ArrayList<>();

  /**
   * Adds a block to the right of the others.
   *
   * @param gap spaces before it
   * @param width columns that each line takes when shown; escape codes take none
   */
  public Columns add(int gap, int width, List<String> lines) {
    blocks.add(new Block(gap, width, List.copyOf(lines)));
    return this;
  }

  /** The joined lines, as many as the tallest block has. */
  public List<String> lines() {
    int height = blocks.stream().mapToInt(block -> block.lines().size()).max().orElse(0);
    List<String> joined = new ArrayList<>(height);
    for (int row = 0; row < height; row++) {
      StringBuilder line = new StringBuilder();
      for (Block block : blocks) {
        String text = row < block.lines().size() ? block.lines().get(row) : "";
        line.repeat(' ', block.gap());
        line.append(text).repeat(' ', Math.max(0, block.width() - shownLength(text)));
      }
      joined.add(line.toString().stripTrailing());
    }
    return joined;
  }

  /** Columns that a text takes when shown. */
  static int shownLength(String text) {
    String bare = text.replaceAll("\u001b\\[[0-9;]*m", "");
    return bare.codePointCount(0, bare.length());
  }
}
