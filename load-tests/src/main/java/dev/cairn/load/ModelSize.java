package dev.cairn.load;

import dev.cairn.gradients.onnx.ModelProto;
import dev.cairn.validation.unet.UnetBuilder;
import dev.cairn.validation.unet.UnetSpec;
import java.util.List;

/** U-Nets of named sizes, random weights; {@code peers/features_pytorch.py} has the same. */
enum ModelSize {
  SMALL(1, 16, 32, 64),
  MEDIUM(3, 32, 64, 128),
  LARGE(3, 32, 128, 256);

  private final UnetSpec spec;

  ModelSize(int channels, int pixels, int fine, int coarse) {
    this.spec = UnetSpec.of(channels, pixels, 1, List.of(fine, coarse), 0);
  }

  ModelProto model() {
    return UnetBuilder.build(spec, 1);
  }
}
