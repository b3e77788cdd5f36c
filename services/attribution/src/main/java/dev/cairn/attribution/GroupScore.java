package dev.cairn.attribution;

/**
 * The scores of a group of examples together. A sum of example scores is no estimate of what
 * removing the whole group would do.
 *
 * @param sum signed sum over the members
 * @param mean sum over the number of members
 */
public record GroupScore(String group, int members, double sum, double mean) {}
