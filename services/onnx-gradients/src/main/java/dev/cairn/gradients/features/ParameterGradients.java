package dev.cairn.gradients.features;

import dev.cairn.gradients.graph.Value;
import dev.cairn.gradients.rules.LinearGradient;
import dev.cairn.gradients.rules.ParameterSink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What the backward pass has found, by parameter; a parameter used twice has two entries. */
public final class ParameterGradients implements ParameterSink {
  private final Set<String> parameters;
  private final Map<String, List<LinearGradient>> linear = new LinkedHashMap<>();
  private final Map<String, List<Supplier<Value>>> direct = new LinkedHashMap<>();

  public ParameterGradients(Set<String> parameters) {
    this.parameters = parameters;
  }

  @Override
  public boolean isParameter(String name) {
    return parameters.contains(name);
  }

  @Override
  public void linear(String parameter, LinearGradient gradient) {
    linear.computeIfAbsent(parameter, _ -> new ArrayList<>()).add(gradient);
  }

  @Override
  public void direct(String parameter, Supplier<Value> gradient) {
    direct.computeIfAbsent(parameter, _ -> new ArrayList<>()).add(gradient);
  }

  @Override
  public List<LinearGradient> linear(String weight) {
    return linear.getOrDefault(weight, List.of());
  }

  List<Supplier<Value>> direct(String parameter) {
    return direct.getOrDefault(parameter, List.of());
  }
}
