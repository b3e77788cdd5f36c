package dev.cairn.runtime;

/**
 * A bundle whose gradient graph has been compiled.
 *
 * @param bundle the model and its schedule
 * @param gradients the gradient graph derived from it
 */
public record CompiledBundle(ModelBundle bundle, CompiledGradients gradients) {

  /**
   * Opens the gradient graph in the bundle's own {@code gradients/} directory.
   *
   * @throws BundleException if it is missing or belongs to another model
   */
  public static CompiledBundle open(ModelBundle bundle) {
    return new CompiledBundle(
        bundle, CompiledGradients.open(bundle.model(), bundle.gradientsDirectory()));
  }
}
