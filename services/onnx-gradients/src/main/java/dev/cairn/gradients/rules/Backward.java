package dev.cairn.gradients.rules;

import dev.cairn.gradients.GradientException;
import dev.cairn.gradients.UnsupportedOperatorException;
import dev.cairn.gradients.graph.ForwardGraph;
import dev.cairn.gradients.graph.Node;
import dev.cairn.gradients.graph.Ops;
import dev.cairn.gradients.graph.Shape;
import dev.cairn.gradients.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The backward pass as a rule sees it: gradients by value, summed where a value fans out. */
public final class Backward {
  private final ForwardGraph graph;
  private final Ops ops;
  private final Set<String> active;
  private final ParameterSink parameters;
  private final Map<String, List<Value>> contributions = new HashMap<>();
  private final Map<String, Value> shared = new HashMap<>();

  /**
   * @param active values between a parameter and the prediction: the only ones with a gradient
   */
  public Backward(ForwardGraph graph, Ops ops, Set<String> active, ParameterSink parameters) {
    this.graph = graph;
    this.ops = ops;
    this.active = active;
    this.parameters = parameters;
  }

  public ForwardGraph graph() {
    return graph;
  }

  public Ops ops() {
    return ops;
  }

  public ParameterSink parameters() {
    return parameters;
  }

  /** Whether a gradient is wanted with respect to this input: an active value or a parameter. */
  public boolean needs(String input) {
    return active.contains(input) || parameters.isParameter(input);
  }

  public boolean isActive(String input) {
    return active.contains(input);
  }

  /** A value of the forward graph. */
  public Value value(String name) {
    return graph.value(name);
  }

  public Value input(Node node, int index) {
    return graph.value(node.input(index));
  }

  /** Whether anything has reached this value. */
  public boolean hasDelta(String value) {
    return contributions.containsKey(value);
  }

  /** Takes the gradient at a value: the sum of all that has reached it, or null if nothing did. */
  public Value delta(String value) {
    List<Value> terms = contributions.remove(value);
    if (terms == null) {
      return null;
    }
    Value sum = ops.sum(terms);
    contributions.put(value, new ArrayList<>(List.of(sum)));
    return sum;
  }

  /** Takes the gradient at a node's first output. */
  public Value delta(Node node) {
    return delta(node.output());
  }

  /** Adds to an active input's gradient, in the input's shape. */
  public void add(String input, Value gradient) {
    Shape shape = graph.shape(input);
    if (!gradient.shape().equals(shape)) {
      throw new GradientException(
          "Gradient of '%s' has shape %s, the value has %s"
              .formatted(input, gradient.shape(), shape));
    }
    contributions.computeIfAbsent(input, _ -> new ArrayList<>()).add(gradient);
  }

  /**
   * Adds to an operand that broadcasting may have spread, active or parameter.
   *
   * @param gradient in the shape of the node's output; not evaluated where nobody needs it
   */
  public void addBroadcast(String operand, Supplier<Value> gradient) {
    if (parameters.isParameter(operand)) {
      Shape shape = graph.shape(operand);
      parameters.direct(operand, () -> Rows.sum(ops, operand, gradient.get(), shape));
    } else if (active.contains(operand)) {
      add(operand, ops.unbroadcast(gradient.get(), graph.shape(operand)));
    }
  }

  /** A value that several rules use alike: written once, by the first that asks. */
  Value shared(String key, Supplier<Value> written) {
    return shared.computeIfAbsent(key, _ -> written.get());
  }

  public UnsupportedOperatorException unsupported(Node node, String detail) {
    return new UnsupportedOperatorException(
        node.name(), node.operator(), graph.opset(), detail, graph.pathToPrediction(node));
  }
}
