package dev.cairn.runtime;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which inputs and outputs of a denoiser play which part.
 *
 * @param sample x_t, float, one row shaped as the training images (or latents)
 * @param timestep t, one number a row
 * @param conditioning every further input, in the file's order
 * @param prediction name of the output that is trained against the noise, the velocity or x_0
 */
public record ModelSignature(
    ModelInput sample, ModelInput timestep, List<ModelInput> conditioning, String prediction) {

  public ModelSignature {
    conditioning = List.copyOf(conditioning);
  }

  /** Returns all inputs, sample first, then timestep, then conditioning. */
  public Stream<ModelInput> inputs() {
    return Stream.concat(Stream.of(sample, timestep), conditioning.stream());
  }

  /** Returns the conditioning input of that name. */
  public Optional<ModelInput> conditioning(String name) {
    return conditioning.stream().filter(input -> input.name().equals(name)).findFirst();
  }
}
