package dev.cairn.attributor;

import dev.cairn.attribution.ValidationEvidence.Lds;
import dev.cairn.schemas.v1.LinearDatamodelingScore;
import dev.cairn.schemas.v1.ValidationEvidence;

/** An index's evidence as results carry it. */
final class EvidenceMessage {
  private EvidenceMessage() {}

  static ValidationEvidence of(dev.cairn.attribution.ValidationEvidence evidence) {
    ValidationEvidence.Builder message =
        ValidationEvidence.newBuilder()
            .setMethod(evidence.method())
            .setSubsets(evidence.subsets())
            .setShare(evidence.share())
            .setReportSha256(evidence.reportSha256());
    if (evidence.generated() != null) {
      message.setGenerated(lds(evidence.generated()));
    }
    if (evidence.heldOut() != null) {
      message.setHeldOut(lds(evidence.heldOut()));
    }
    return message.build();
  }

  private static LinearDatamodelingScore lds(Lds lds) {
    return LinearDatamodelingScore.newBuilder()
        .setMean(lds.mean())
        .setLow(lds.low())
        .setHigh(lds.high())
        .setQueries(lds.queries())
        .build();
  }
}
