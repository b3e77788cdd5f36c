package dev.cairn.attribution;

/** An example and its score. */
public record Ranked(int index, float score) {}
