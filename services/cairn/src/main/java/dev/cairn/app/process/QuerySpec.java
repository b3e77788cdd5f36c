package dev.cairn.app.process;

import dev.cairn.attribution.FeatureProvenance;
import dev.cairn.diffusion.OutputFunction;
import dev.cairn.runtime.FeatureSpec;

/** How queries of an index must be featurised: as its own examples were. */
public final class QuerySpec {

  private QuerySpec() {}

  /**
   * @param provenance how the index's features were made
   * @param draws noise draws averaged for a step, which the index leaves open
   */
  public static FeatureSpec of(FeatureProvenance provenance, int draws) {
    return new FeatureSpec(
        OutputFunction.parse(provenance.outputFunction()),
        provenance.timesteps(),
        draws,
        provenance.noiseSeed(),
        provenance.normalised());
  }
}
