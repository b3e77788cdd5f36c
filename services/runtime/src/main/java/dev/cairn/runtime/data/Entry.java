package dev.cairn.runtime.data;

import dev.cairn.attribution.Example;
import java.util.List;

/**
 * What is known of one training picture besides its pixels.
 *
 * @param example its identity in the index
 * @param captions texts that describe it; may be empty
 * @param classIndex its class as a whole number from 0, or {@link #NO_CLASS}
 */
public record Entry(Example example, List<String> captions, int classIndex) {

  /** The picture belongs to no class. */
  public static final int NO_CLASS = -1;

  public Entry {
    captions = List.copyOf(captions);
  }

  static Entry of(String id, String label, List<String> captions, int classIndex, String uri) {
    return new Entry(new Example(id, label, List.of(), uri, ""), captions, classIndex);
  }

  /** An id made of a position: zero-padded, so that ids sort as the examples stand. */
  static String id(int position) {
    return "%06d".formatted(position);
  }
}
