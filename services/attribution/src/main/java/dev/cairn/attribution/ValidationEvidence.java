package dev.cairn.attribution;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;

/**
 * How well scores of an index's kind predicted what retrained models do.
 *
 * @param method name in the report
 * @param subsets m, models that were retrained
 * @param share α, of the examples that each saw
 * @param generated on generated images; null where there were none
 * @param heldOut on images that the model was not trained on; null where there were none
 * @param reportSha256 of {@code report.json}, which holds no date
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ValidationEvidence(
    String method, int subsets, double share, Lds generated, Lds heldOut, String reportSha256) {

  /**
   * Linear datamodelling score: mean over queries with its 95 % interval.
   *
   * @param queries how many
   */
  public record Lds(double mean, double low, double high, int queries) {}

  public ValidationEvidence {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(reportSha256, "reportSha256");
  }
}
