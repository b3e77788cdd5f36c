package dev.cairn.validation.scores;

/**
 * Scores of one method for all queries.
 *
 * @param images query × example, of final images
 * @param steps step × query × example; empty where the method has none
 */
public record ScoreSet(double[][] images, double[][][] steps) {}
