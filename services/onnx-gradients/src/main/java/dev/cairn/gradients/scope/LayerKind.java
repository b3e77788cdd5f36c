package dev.cairn.gradients.scope;

import java.util.Locale;

/** What kind of layer a parameter belongs to; a parameter may be of several kinds. */
public enum LayerKind {
  /** Weights and biases of convolutions, transposed ones included. */
  CONVOLUTION,
  /** Weights and biases of dense layers, those in attention included. */
  LINEAR,
  /** Weights and biases that make queries, keys and values, or take what attention gives. */
  ATTENTION,
  /** Scales and shifts of normalisations. */
  NORM,
  /** Whatever is added after a linear map. */
  BIAS,
  /** Tables that are looked up, and positions that are added. */
  EMBEDDING,
  /** Low-rank adapters (LoRA): both factors, beside the layer or within its weight. */
  LORA,
  /** Anything else. */
  OTHER;

  /** The name on the command line and in manifests. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
