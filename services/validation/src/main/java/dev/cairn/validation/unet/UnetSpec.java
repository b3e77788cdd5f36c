package dev.cairn.validation.unet;

import java.util.List;
import java.util.Set;

/**
 * Size of a U-Net.
 *
 * @param channels of the images
 * @param size height and width of the images, pixels
 * @param patch side of the square patches whose pixels become channels before the first level, 1
 *     for none; every level is then smaller by this factor, and cheaper by its square
 * @param widths channels of each level, the finest first; each level halves the size
 * @param blocks residual blocks a level, on the way down and up alike
 * @param attention levels with self-attention, counted from 0
 * @param groups of the group normalisations; divides every width
 * @param timeWidth channels of the timestep embedding, even
 * @param classes number of classes the model is conditioned on, 0 for none
 */
public record UnetSpec(
    int channels,
    int size,
    int patch,
    List<Integer> widths,
    int blocks,
    Set<Integer> attention,
    int groups,
    int timeWidth,
    int classes) {

  public UnetSpec {
    widths = List.copyOf(widths);
    attention = Set.copyOf(attention);
    require(channels > 0 && size > 0, "channels and size must be positive");
    require(!widths.isEmpty(), "widths: give the channels of at least one level");
    require(blocks > 0, "blocks: must be at least 1, is " + blocks);
    require(classes >= 0, "classes: must not be negative, is " + classes);
    require(
        timeWidth > 0 && timeWidth % 2 == 0, "time width: must be even and positive: " + timeWidth);
    require(
        patch > 0 && size % patch == 0,
        "patch: %d pixels are no whole number of patches of %d".formatted(size, patch));
    int factor = 1 << (widths.size() - 1);
    require(
        size / patch % factor == 0,
        "size: %d positions cannot be halved %d times".formatted(size / patch, widths.size() - 1));
    for (int width : widths) {
      require(
          width > 0 && width % groups == 0,
          "widths: %d is no multiple of the %d groups".formatted(width, groups));
    }
    for (int level : attention) {
      require(
          level >= 0 && level < widths.size(),
          "attention: there is no level %d among %d".formatted(level, widths.size()));
    }
  }

  /** One block a level, self-attention at the coarsest, groups of at most 8. */
  public static UnetSpec of(int channels, int size, int patch, List<Integer> widths, int classes) {
    int groups = 8;
    while (groups > 1 && !allDivisible(widths, groups)) {
      groups /= 2;
    }
    Set<Integer> attention = Set.of(widths.size() - 1);
    return new UnetSpec(channels, size, patch, widths, 1, attention, groups, 16, classes);
  }

  private static boolean allDivisible(List<Integer> widths, int groups) {
    return widths.stream().allMatch(width -> width % groups == 0);
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
