package dev.cairn.gradients.rules;

import dev.cairn.gradients.graph.Value;
import java.util.List;
import java.util.function.Supplier;

/** Receives what the backward pass finds out about parameters. */
public interface ParameterSink {
  boolean isParameter(String name);

  /** One use of a weight in a linear map; the weight may be computed from parameters. */
  void linear(String weight, LinearGradient gradient);

  /** The uses of a weight in linear maps that are known so far. */
  List<LinearGradient> linear(String weight);

  /**
   * One use of a parameter that is no linear map.
   *
   * @param gradient writes the nodes for the row-wise gradient, [batch, *shape in the file]
   */
  void direct(String parameter, Supplier<Value> gradient);
}
