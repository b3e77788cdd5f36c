package dev.cairn.validation.report;

import dev.cairn.validation.lds.LabelRetrieval;
import dev.cairn.validation.lds.MethodResult;
import dev.cairn.validation.lds.OutputTable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

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
 * @param retrieval by class, where queries have one
 * @param groups as methods, against models that each lack one class; empty where none were trained
 * @param mislabelled area under the ROC curve of finding mislabelled examples by how much they
 *     decide of their own prediction, by method; empty where none are known
 */
public record Report(
    Object options,
    Model model,
    int subsets,
    int examples,
    List<Integer> timesteps,
    List<String> sources,
    String reference,
    List<MethodResult> methods,
    List<LabelRetrieval.Result> retrieval,
    List<MethodResult> groups,
    Map<String, Double> mislabelled) {

  /** What was validated: digests, hexadecimal. */
  public record Model(String bundle, String gradients) {}

  public Report {
    timesteps = List.copyOf(timesteps);
    sources = List.copyOf(sources);
    methods = List.copyOf(methods);
    retrieval = List.copyOf(retrieval);
    groups = List.copyOf(groups);
  }

  /** The same with further evidence. */
  public Report with(
      List<LabelRetrieval.Result> byLabel,
      List<MethodResult> withoutGroups,
      Map<String, Double> mislabelledAuc) {
    return new Report(
        options,
        model,
        subsets,
        examples,
        timesteps,
        sources,
        reference,
        methods,
        byLabel,
        withoutGroups,
        mislabelledAuc);
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
        model,
        outputs.models(),
        examples,
        outputs.timesteps(),
        outputs.sources(),
        reference,
        methods,
        List.of(),
        List.of(),
        Map.of());
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
