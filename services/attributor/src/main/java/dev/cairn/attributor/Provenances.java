package dev.cairn.attributor;

import dev.cairn.attribution.FeatureProvenance;

/** Feature provenance as the index knows it ⇄ as events carry it. */
final class Provenances {
  private Provenances() {}

  static dev.cairn.schemas.v1.FeatureProvenance toWire(FeatureProvenance provenance) {
    return dev.cairn.schemas.v1.FeatureProvenance.newBuilder()
        .setBundleDigest(provenance.bundleDigest())
        .setGradientsDigest(provenance.gradientsDigest())
        .setOutputFunction(provenance.outputFunction())
        .setFeatureDimension(provenance.featureDimension())
        .setDraws(provenance.draws())
        .setNoiseSeed(provenance.noiseSeed())
        .setNormalised(provenance.normalised())
        .addAllTimesteps(provenance.timesteps())
        .build();
  }

  static FeatureProvenance fromWire(dev.cairn.schemas.v1.FeatureProvenance wire) {
    return new FeatureProvenance(
        wire.getBundleDigest(),
        wire.getGradientsDigest(),
        wire.getOutputFunction(),
        wire.getFeatureDimension(),
        wire.getDraws(),
        wire.getNoiseSeed(),
        wire.getNormalised(),
        wire.getTimestepsList());
  }
}
