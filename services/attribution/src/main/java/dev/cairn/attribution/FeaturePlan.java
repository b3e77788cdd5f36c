package dev.cairn.attribution;

import java.util.Optional;

/**
 * What a feature build is to produce; {@code features.json}.
 *
 * @param dataSha256 of the images themselves, or empty where the ids name their content
 * @param shardRows examples in each shard, except perhaps the last
 */
record FeaturePlan(
    int version,
    FeatureProvenance provenance,
    int examples,
    String examplesSha256,
    String dataSha256,
    int shardRows) {
  static final int VERSION = 1;

  /**
   * Why a build begun by this plan cannot be continued by the other. The shard size may differ: the
   * file on disk decides it, and the result does not depend on it.
   */
  Optional<String> obstacle(FeaturePlan other) {
    if (version != other.version) {
      return Optional.of("format version %d is not %d".formatted(version, other.version));
    }
    if (examples != other.examples) {
      return Optional.of("%d examples are not %d".formatted(examples, other.examples));
    }
    if (!examplesSha256.equals(other.examplesSha256)) {
      return Optional.of(
          "the list of examples %s is not %s".formatted(examplesSha256, other.examplesSha256));
    }
    if (!dataSha256.equals(other.dataSha256)) {
      return Optional.of(
          "training data with SHA-256 '%s' are not '%s'".formatted(dataSha256, other.dataSha256));
    }
    return provenance.difference(other.provenance);
  }
}
