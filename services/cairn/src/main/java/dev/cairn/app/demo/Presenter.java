package dev.cairn.app.demo;

import dev.cairn.schemas.v1.Attribution;

/** Shows results as they arrive. Called from one thread. */
interface Presenter {

  /** Says what is about to be shown. */
  void opening();

  /** A step's attribution, in the order of steps within a generation. */
  void step(int generation, Attribution attribution);

  /**
   * The attribution of a final image.
   *
   * @param imageClass class of the image by the vote of its nearest training images
   * @param share share of the top positive examples that are of this class, 0 to 1
   */
  void finalImage(int generation, Attribution attribution, String imageClass, double share);

  /** Everything has arrived. */
  void summary(Tally tally, double chance);
}
