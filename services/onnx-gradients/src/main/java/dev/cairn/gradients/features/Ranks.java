package dev.cairn.gradients.features;

import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.ParameterFeatures.Kind;
import java.util.ArrayList;
import java.util.List;

/** Shares a wanted number of features among layers: the same number to each, as far as it can. */
final class Ranks {
  /** Convolution kernels of the runtime work on channels in blocks of this many. */
  private static final int CHANNEL_BLOCK = 16;

  /** A vector of scales or shifts carries far less than a matrix. */
  private static final int VECTOR_SHARE = 8;

  private Ranks() {}

  /** Fills in ranks and offsets, with a total as near to the wanted one as it goes, never above. */
  static List<ParameterFeatures> assign(List<ParameterFeatures> blocks, int wanted) {
    List<ParameterFeatures> best = null;
    for (int quota = 1; ; quota++) {
      List<ParameterFeatures> layout = withQuota(blocks, quota);
      int total = layout.getLast().offset() + layout.getLast().length();
      if (total > wanted) {
        break;
      }
      boolean settled = best != null && best.equals(layout);
      best = layout;
      if (settled && quota > (long) CHANNEL_BLOCK * wanted) {
        break;
      }
    }
    if (best == null) {
      throw new GradientException(
          "dimension: %d features are too few for %d layers and vectors; ask for at least %d"
              .formatted(wanted, blocks.size(), blocks.size()));
    }
    return best;
  }

  private static List<ParameterFeatures> withQuota(List<ParameterFeatures> blocks, int quota) {
    List<ParameterFeatures> layout = new ArrayList<>();
    int offset = 0;
    for (ParameterFeatures block : blocks) {
      ParameterFeatures ranked = withQuota(block, quota).at(offset);
      layout.add(ranked);
      offset += ranked.length();
    }
    return layout;
  }

  private static ParameterFeatures withQuota(ParameterFeatures b, int quota) {
    int rOut;
    int rIn;
    if (b.kind() == Kind.VECTOR) {
      rOut = Math.clamp(quota / VECTOR_SHARE, 1, b.dOut());
      rIn = 1;
    } else {
      int root = (int) Math.sqrt(quota);
      boolean convolution = b.shape().size() > 2;
      int side = convolution ? convolutionSide(root, quota) : root;
      rOut = Math.clamp(quota / side, 1, b.dOut());
      int most = convolution ? side : b.dIn();
      rIn = Math.clamp(quota / rOut, 1, Math.min(most, b.dIn()));
      rOut = Math.clamp(quota / rIn, 1, b.dOut());
    }
    return new ParameterFeatures(
        b.name(), b.bias(), b.kind(), b.shape(), b.transposed(), b.dOut(), b.dIn(), rOut, rIn, 0);
  }

  /** Whole blocks of channels, at least one: the runtime fills a begun block up anyway. */
  private static int convolutionSide(int root, int quota) {
    int blocks = Math.max(1, root / CHANNEL_BLOCK);
    return Math.min(blocks * CHANNEL_BLOCK, quota);
  }
}
