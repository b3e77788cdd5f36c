package dev.cairn.validation.lds;

/**
 * A mean over queries with its 95 % bootstrap interval, over subsets and queries.
 *
 * @param count of queries
 */
public record Interval(double mean, double low, double high, int count) {}
