package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Value;
import java.util.function.Supplier;

/** Receives what the backward pass finds out about parameters. */
public interface ParameterSink {
  boolean isParameter(String name);

  /** One use of a weight in a linear map. */
  void linear(String parameter, LinearGradient gradient);

  /**
   * One use of any other parameter.
   *
   * @param gradient writes the nodes for the row-wise gradient, [batch, *shape in the file]
   */
  void direct(String parameter, Supplier<Value> gradient);
}
