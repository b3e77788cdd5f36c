package dev.cairn.attributor;

import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.Example;
import dev.cairn.attribution.ExampleGroups;
import dev.cairn.attribution.FeatureProvenance;
import dev.cairn.attribution.Ranked;
import dev.cairn.attribution.ScoreSummary;
import dev.cairn.attribution.TopScores;
import dev.cairn.attributor.events.EventIds;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.ExampleScore;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.GroupScore;
import dev.cairn.schemas.v1.ScoreProvenance;
import java.util.List;
import java.util.Optional;

/** An index, and how its scores are written down. */
final class ScoredIndex {
  private static final int HISTOGRAM_BINS = 32;

  private final AttributionIndex index;
  private final int top;
  private final ExampleGroups labels;

  ScoredIndex(AttributionIndex index, int top) {
    this.index = index;
    this.top = top;
    this.labels = ExampleGroups.byLabel(index.examples());
  }

  int dimension() {
    return index.dimension();
  }

  /** Why the index must not score such features, naming both values; empty if it may. */
  Optional<String> mismatch(FeatureProvenance features) {
    return index.manifest().provenance().mismatch(features);
  }

  /**
   * @param vector the features' values, length K
   */
  Attribution attribute(Features features, float[] vector) {
    float[] scores = index.scores(vector);
    TopScores extremes = TopScores.of(scores, top);
    Attribution.Builder attribution =
        Attribution.newBuilder()
            .setResultId(resultId(features))
            .setGenerationId(features.getGenerationId())
            .setModel(features.getModel())
            .setSubject(features.getSubject())
            .setStep(features.getStep())
            .setStepCount(features.getStepCount())
            .setTimestep(features.getTimestep())
            .addAllTopPositive(examples(extremes.positive()))
            .addAllTopNegative(examples(extremes.negative()))
            .setSummary(summary(scores))
            .addAllGroups(groups(scores))
            .setProvenance(provenance(features))
            .putAllTags(features.getTagsMap())
            .setSourceTimeMicros(features.getSourceTimeMicros())
            .setAveraged(features.getAveraged())
            .setIncomplete(features.getIncomplete());
    if (features.hasEstimate()) {
      attribution.setEstimate(features.getEstimate());
    }
    if (features.hasMask()) {
      attribution.setMask(features.getMask());
    }
    return attribution.build();
  }

  private String resultId(Features features) {
    return EventIds.resultId(
        features.getGenerationId(),
        features.getSubject(),
        features.getStep(),
        features.getProvenance().getBundleDigest(),
        index.digest(),
        features.getProvenance().getOutputFunction());
  }

  private List<ExampleScore> examples(List<Ranked> ranked) {
    return ranked.stream().map(this::example).toList();
  }

  private ExampleScore example(Ranked ranked) {
    Example example = index.example(ranked.index());
    return ExampleScore.newBuilder()
        .setIndex(ranked.index())
        .setExampleId(example.id())
        .setLabel(example.label())
        .setScore(ranked.score())
        .setUri(example.uri())
        .build();
  }

  private static dev.cairn.schemas.v1.ScoreSummary summary(float[] scores) {
    ScoreSummary summary = ScoreSummary.of(scores, HISTOGRAM_BINS);
    return dev.cairn.schemas.v1.ScoreSummary.newBuilder()
        .setCount(summary.count())
        .setSum(summary.sum())
        .setSumOfSquares(summary.sumOfSquares())
        .setMin(summary.min())
        .setMax(summary.max())
        .addAllHistogram(summary.histogram())
        .build();
  }

  private List<GroupScore> groups(float[] scores) {
    return labels.sums(scores).stream()
        .map(
            label ->
                GroupScore.newBuilder()
                    .setGroup(label.group())
                    .setMembers(label.members())
                    .setSum(label.sum())
                    .setMean(label.mean())
                    .build())
        .toList();
  }

  private ScoreProvenance provenance(Features features) {
    ScoreProvenance.Builder provenance =
        ScoreProvenance.newBuilder()
            .setFeatures(features.getProvenance())
            .setIndexDigest(index.digest())
            .setKernel(index.manifest().kernel())
            .setLambda(index.manifest().relativeLambda())
            .setExamples(index.size());
    if (index.manifest().validation() != null) {
      provenance.setValidation(EvidenceMessage.of(index.manifest().validation()));
    }
    return provenance.build();
  }
}
