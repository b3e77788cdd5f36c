package dev.cairn.validation.report;

import dev.cairn.validation.lds.MethodResult;
import dev.cairn.validation.lds.OutputTable;
import java.util.Comparator;
import java.util.List;

/**
 * The result of a validation, as {@code report.json} has it.
 *
 * @param options what was done; null where masks and outputs were given
 * @param model digests of bundle and gradient graph; null where masks and outputs were given
 * @param subsets m
 * @param examples n
 * @param timesteps of the validated steps, noisiest first
 * @param sources where each query comes from
 * @param reference name of the method that all are compared with
 * @param methods one result a method
 */
public record Report(
    Object options,
    Model model,
    int subsets,
    int examples,
    List<Integer> timesteps,
    List<String> sources,
    String reference,
    List<MethodResult> methods) {

  /** What was validated: digests, hexadecimal. */
  public record Model(String bundle, String gradients) {}

  public Report {
    timesteps = List.copyOf(timesteps);
    sources = List.copyOf(sources);
    methods = List.copyOf(methods);
  }

  public static Report of(
      Object options,
      Model model,
      int examples,
      OutputTable outputs,
      String reference,
      List<MethodResult> methods) {
    return new Report(
        options,
        outputs.models(),
        examples,
        outputs.timesteps(),
        outputs.sources(),
        reference,
        methods);
  }

  /** The methods, those with the highest mean LDS over all queries first. */
  public List<MethodResult> ranked() {
    return methods.stream()
        .sorted(Comparator.comparingDouble((MethodResult m) -> -mean(m)))
        .toList();
  }

  /** The method with the highest mean. */
  public MethodResult best() {
    return ranked().getFirst();
  }

  static double mean(MethodResult method) {
    return method.perQuery().stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
