package dev.cairn.attributor.journeys;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.schemas.v1.FeatureProvenance;
import dev.cairn.schemas.v1.Features;
import java.util.List;

/**
 * The name under which a mean is gathered. Features that were made differently are never averaged:
 * a model that is replaced in the middle of a generation begins a second mean.
 */
final class MeanKey {
  private MeanKey() {}

  /**
   * @param subject a generation's id, or a tag, its value and a window
   */
  static String of(String subject, Features features) {
    FeatureProvenance provenance = features.getProvenance();
    return String.join(
        "\n",
        List.of(
            subject,
            features.getModel(),
            provenance.getBundleDigest(),
            provenance.getGradientsDigest(),
            provenance.getOutputFunction(),
            Integer.toString(provenance.getFeatureDimension()),
            Long.toString(provenance.getNoiseSeed()),
            Boolean.toString(provenance.getNormalised())));
  }

  static byte[] bytes(String key) {
    return key.getBytes(UTF_8);
  }
}
