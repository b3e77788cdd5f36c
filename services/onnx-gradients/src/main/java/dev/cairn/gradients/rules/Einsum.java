package dev.cairn.gradients.rules;

import static dev.cairn.gradients.graph.GraphWriter.attribute;

import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Einstein sums: the gradient with respect to one operand is the Einstein sum of δ and the others.
 *
 * <p>A letter that only this operand has was summed over: the gradient is spread along it.
 */
final class Einsum {
  private Einsum() {}

  static void backward(Node node, Backward pass) {
    List<Shape> shapes = node.inputs().stream().map(pass.graph()::shape).toList();
    EinsumEquation equation = EinsumEquation.of(node.text("equation", ""), shapes);
    if (pass.lead(node) > 0 || equation.operands().stream().anyMatch(Einsum::repeats)) {
      throw pass.unsupported(node, "the equation " + node.text("equation", ""));
    }
    for (int i = 0; i < shapes.size(); i++) {
      if (pass.needs(node.input(i))) {
        operand(node, pass, equation.operands(), equation.result(), i);
      }
    }
  }

  private static boolean repeats(String letters) {
    return letters.chars().distinct().count() != letters.length();
  }

  private static void operand(
      Node node, Backward pass, List<String> operands, String result, int index) {
    Ops ops = pass.ops();
    Value delta = pass.delta(node);
    Value x = pass.input(node, index);
    boolean weight = pass.isWeight(x.name());
    String wanted = operands.get(index);
    List<String> letters = new ArrayList<>(List.of(result));
    List<String> inputs = new ArrayList<>(List.of(delta.name()));
    for (int i = 0; i < operands.size(); i++) {
      if (i != index) {
        letters.add(operands.get(i));
        inputs.add(node.input(i));
      }
    }
    String there = String.join("", letters);
    // A weight has no row; its gradient keeps the one that δ has in front.
    String kept = weight ? result.charAt(0) + wanted : wanted;
    if (weight && (!delta.shape().isBatched() || wanted.indexOf(result.charAt(0)) >= 0)) {
      throw pass.unsupported(node, "a weight that spans the rows");
    }
    StringBuilder found = new StringBuilder();
    kept.chars().filter(c -> there.indexOf(c) >= 0).forEach(c -> found.append((char) c));
    String equation = String.join(",", letters) + "->" + found;
    Shape shape = pass.gradientShape(x.name());
    Shape reached = shape;
    List<Shape.Dim> squeezed = new ArrayList<>();
    for (int axis = 0; axis < kept.length(); axis++) {
      if (there.indexOf(kept.charAt(axis)) < 0) {
        reached = reached.with(axis, 1);
      } else {
        squeezed.add(shape.dim(axis));
      }
    }
    Value sum =
        new Value(
            ops.writer().node("Einsum", inputs, attribute("equation", equation)),
            new Shape(squeezed));
    Value gradient = ops.reshape(sum, reached);
    if (reached.equals(shape)) {
      pass.add(x.name(), gradient);
    } else {
      pass.add(x.name(), new Value(ops.spread(gradient, x).name(), shape));
    }
  }
}
