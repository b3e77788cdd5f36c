package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.List;

/**
 * An enlargement by nearest neighbours.
 *
 * @param small the image before, [batch, channels, height, width]
 * @param scale of height and of width, whole numbers
 */
record Enlarged(Value small, long[] scale) {

  /** Another image of the same height and width, enlarged alike. */
  Value apply(Ops ops, Value image) {
    Value scales = ops.writer().floats(new float[] {1, 1, scale[0], scale[1]}, 4);
    Shape shape = image.shape();
    return new Value(
        ops.writer()
            .node(
                "Resize",
                List.of(image.name(), "", scales.name()),
                attribute("mode", "nearest"),
                attribute("coordinate_transformation_mode", "asymmetric"),
                attribute("nearest_mode", "floor")),
        shape.with(2, scale[0] * shape.size(2)).with(3, scale[1] * shape.size(3)));
  }
}
