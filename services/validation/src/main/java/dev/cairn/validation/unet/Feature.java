package dev.cairn.validation.unet;

/**
 * A value of the graph shaped [batch, channels, size, size].
 *
 * @param name the value's name
 */
record Feature(String name, int channels, int size) {

  /** The same shape under another name. */
  Feature as(String other) {
    return new Feature(other, channels, size);
  }

  /** Concatenated along the channels. */
  Feature with(GraphBuilder graph, Feature other) {
    return new Feature(graph.concat(1, name, other.name), channels + other.channels, size);
  }
}
