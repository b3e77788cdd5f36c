package dev.cairn.validation.lds;

import java.util.List;
import java.util.Map;

/**
 * How well one method's scores predict retraining.
 *
 * @param lds mean over the queries of a source, final images
 * @param behind by how much the reference's is higher, with the interval of the difference
 * @param stepLds as lds, of each validated step; empty where the method has no steps
 * @param lambda relative ridge of final images, chosen on queries that are not reported; 0 without
 * @param stepLambda the same of steps
 * @param ldsByLambda mean over the choosing queries, by relative ridge
 * @param perQuery LDS of each query's final image
 */
public record MethodResult(
    String name,
    Map<String, Interval> lds,
    Map<String, Interval> behind,
    List<Map<String, Interval>> stepLds,
    double lambda,
    double stepLambda,
    Map<Double, Double> ldsByLambda,
    List<Double> perQuery) {}
