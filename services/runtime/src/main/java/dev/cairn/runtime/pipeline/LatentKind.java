package dev.cairn.runtime.pipeline;

/** Which latent of an image stands for it: an image encoder gives a distribution. */
public enum LatentKind {
  /** Its mean: the same for every run, and what most training scripts cache. */
  MEAN,
  /** One draw, by the seeded noise bank; what training saw, when it drew anew each time. */
  SAMPLE
}
