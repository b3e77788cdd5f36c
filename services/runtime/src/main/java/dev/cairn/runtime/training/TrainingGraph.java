package dev.cairn.runtime.training;

import ai.onnxruntime.OrtException;
import dev.cairn.gradients.onnx.ModelProto;
import java.util.List;
import java.util.Map;

/** What a training graph becomes before it is run: split, and laid out for this machine. */
public final class TrainingGraph {
  private TrainingGraph() {}

  /**
   * @param model whose parameters are inputs
   * @param parameters their shapes by their names
   * @throws OrtException if ONNX Runtime cannot load it
   */
  public static SplitGraph of(ModelProto model, Map<String, List<Long>> parameters)
      throws OrtException {
    return BlockedConvolutions.of(
        SplitGraph.of(model, parameters.keySet()), parameters, ChannelBlock.size());
  }
}
