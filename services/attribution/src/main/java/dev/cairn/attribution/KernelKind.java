package dev.cairn.attribution;

import java.util.Locale;

/** The matrix between query and example features. */
public enum KernelKind {
  /** (ΦᵀΦ + λI)⁻¹ over all features (TRAK, Park et al. 2023, eq. 13). */
  FULL,
  /** A full kernel for each layer of the model, none between layers (Choe et al. 2024). */
  BLOCK,
  /** None: the inner product of the features themselves. */
  IDENTITY;

  /** The name in configuration, manifest and events. */
  public String spelling() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@link #spelling()}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static KernelKind parse(String name) {
    for (KernelKind kind : values()) {
      if (kind.spelling().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "kernel '%s' is not one of full, block, identity".formatted(name));
  }
}
