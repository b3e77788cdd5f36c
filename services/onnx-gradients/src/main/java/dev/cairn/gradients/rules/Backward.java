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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The backward pass as a rule sees it: gradients by value, summed where a value fans out. */
public final class Backward {
  private final ForwardGraph graph;
  private final Ops ops;
  private final Set<String> active;
  private final ParameterSink parameters;
  private final boolean fixed;
  private final Map<String, List<Value>> contributions = new HashMap<>();
  private final Map<String, Value> shared = new HashMap<>();
  private final Map<String, Value> gates = new HashMap<>();

  /**
   * @param active values between a parameter and the prediction: the only ones with a gradient
   * @param fixed whether parameters keep the values that they have in the graph
   */
  public Backward(
      ForwardGraph graph, Ops ops, Set<String> active, ParameterSink parameters, boolean fixed) {
    this.graph = graph;
    this.ops = ops;
    this.active = active;
    this.parameters = parameters;
    this.fixed = fixed;
  }

  public ForwardGraph graph() {
    return graph;
  }

  public Ops ops() {
    return ops;
  }

  /** Whether parameters keep the values that they have in the graph: training changes them. */
  boolean parametersAreFixed() {
    return fixed;
  }

  /** Whether a gradient is wanted with respect to this input: an active value or a parameter. */
  public boolean needs(String input) {
    return active.contains(input) || parameters.isParameter(input);
  }

  /** Whether an input depends on a parameter and differs from row to row. */
  public boolean isActive(String input) {
    return active.contains(input) && !isWeight(input);
  }

  /**
   * Whether an input is a parameter, or computed from parameters and constants alone. It is the
   * same for all rows, but its gradient is not: that has the row in front, [batch, *shape].
   */
  public boolean isWeight(String input) {
    return parameters.isParameter(input)
        || (active.contains(input) && !graph.shape(input).dependsOnBatch());
  }

  /** Axes that a gradient at a node's output has in front of the output's own: 1 for a weight. */
  public int lead(Node node) {
    return isWeight(node.output()) ? 1 : 0;
  }

  /** Shape of the gradient with respect to a value. */
  public Shape gradientShape(String value) {
    Shape shape = graph.shape(value);
    return isWeight(value) ? Shape.batch().concat(shape) : shape;
  }

  /** Adds one use of a weight in a linear map. */
  public void linear(String weight, LinearGradient use) {
    parameters.linear(weight, use);
  }

  /** The uses of a weight in linear maps so far. */
  List<LinearGradient> linear(String weight) {
    return parameters.linear(weight);
  }

  /**
   * Adds one use of a weight that is no linear map.
   *
   * @param gradient writes the nodes for [batch, *shape]
   */
  public void direct(String weight, Supplier<Value> gradient) {
    if (parameters.isParameter(weight)) {
      parameters.direct(weight, gradient);
    } else {
      add(weight, gradient.get());
    }
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
    return contributions.containsKey(value) || !parameters.linear(value).isEmpty();
  }

  /** Whether anything but uses in linear maps has reached this value. */
  boolean hasContribution(String value) {
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

  /** Adds to an input's gradient, in {@link #gradientShape}. */
  public void add(String input, Value gradient) {
    Shape shape = gradientShape(input);
    if (!gradient.shape().equals(shape)) {
      throw new GradientException(
          "Gradient of '%s' has shape %s, the value has %s"
              .formatted(input, gradient.shape(), shape));
    }
    if (parameters.isParameter(input)) {
      parameters.direct(input, () -> gradient);
    } else {
      contributions.computeIfAbsent(input, _ -> new ArrayList<>()).add(gradient);
    }
  }

  /**
   * Adds to an operand that broadcasting may have spread, active or parameter.
   *
   * @param gradient in the shape of the node's output; not evaluated where nobody needs it
   */
  public void addBroadcast(String operand, Supplier<Value> gradient) {
    if (isWeight(operand)) {
      Shape shape = graph.shape(operand);
      direct(operand, () -> Rows.sum(ops, operand, gradient.get(), shape));
    } else if (active.contains(operand)) {
      add(operand, ops.unbroadcast(gradient.get(), graph.shape(operand)));
    }
  }

  /** A value that several rules use alike: written once, by the first that asks. */
  Value shared(String key, Supplier<Value> written) {
    return shared.computeIfAbsent(key, _ -> written.get());
  }

  /**
   * Says what all later nodes that read a value of the forward pass wait for.
   *
   * @param gate a small value of rank three, moved to the forward pass
   */
  void gate(String value, Value gate) {
    gates.put(value, gate);
  }

  /**
   * Moves nodes of the backward pass that read only what a node of the forward pass reads to behind
   * it, and lets the forward pass wait for them: at once what they read is in the cache, later not,
   * and it would have to be kept.
   *
   * @param since how many nodes there were before
   * @param made what the nodes make, of rank three
   */
  void early(Node node, int since, Value made) {
    nearestGate(node)
        .ifPresent(
            gate -> {
              ops.writer().follow(node, since);
              ops.writer().await(made, gate);
            });
  }

  private Optional<Value> nearestGate(Node from) {
    Set<String> seen = new HashSet<>(List.of(from.output()));
    List<String> queue = new ArrayList<>(seen);
    for (int i = 0; i < queue.size(); i++) {
      if (gates.containsKey(queue.get(i))) {
        return Optional.of(gates.get(queue.get(i)));
      }
      graph.consumers(queue.get(i)).stream()
          .flatMap(n -> n.proto().getOutputList().stream())
          .filter(seen::add)
          .forEach(queue::add);
    }
    return Optional.empty();
  }

  public UnsupportedOperatorException unsupported(Node node, String detail) {
    return new UnsupportedOperatorException(
        node.name(), node.operator(), graph.opset(), detail, graph.pathToPrediction(node));
  }
}
