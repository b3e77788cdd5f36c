package dev.cairn.gateway;

import dev.cairn.attribution.Example;
import dev.cairn.attribution.IndexManifest;
import dev.cairn.gateway.pictures.TrainingImages;
import java.util.List;

/**
 * What the gateway knows of a served model.
 *
 * @param id as events name it
 * @param bundle what was compiled
 * @param indexDigest names the index
 * @param index what it was made of, and how
 * @param examples the training examples in index order
 * @param images their pictures
 */
public record ModelCard(
    String id,
    BundleFacts bundle,
    String indexDigest,
    IndexManifest index,
    List<Example> examples,
    TrainingImages images) {

  public ModelCard {
    examples = List.copyOf(examples);
  }

  /**
   * A bundle in a few words.
   *
   * @param digest SHA-256 of model and schedule
   * @param predictionType epsilon, v_prediction or sample
   * @param trainTimesteps how many the model was trained on
   * @param sampleShape of an image or latent, without a batch axis
   * @param conditioning names of the model's further inputs
   */
  public record BundleFacts(
      String digest,
      String predictionType,
      int trainTimesteps,
      List<Integer> sampleShape,
      List<String> conditioning) {
    public BundleFacts {
      sampleShape = List.copyOf(sampleShape);
      conditioning = List.copyOf(conditioning);
    }
  }
}
