package dev.cairn.validation.removal;

import dev.cairn.validation.removal.RemovalPlan.Arm;
import dev.cairn.validation.removal.RemovalPlan.Model;
import dev.cairn.validation.removal.RemovalResult.Curve;
import dev.cairn.validation.removal.RemovalResult.Quartiles;
import dev.cairn.validation.removal.RemovalResult.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The outputs of all models of a plan, and the curves they make. */
final class RemovalOutputs {
  private final RemovalPlan plan;
  private final double[][] outputs;
  private final int queries;
  private final int windows;
  private final int elements;

  RemovalOutputs(RemovalPlan plan, double[][] outputs, int queries, int windows, int elements) {
    this.plan = plan;
    this.outputs = outputs;
    this.queries = queries;
    this.windows = windows;
    this.elements = elements;
  }

  /** The image that a model draws for a query. */
  float[] image(int model, int query) {
    float[] image = new float[elements];
    for (int i = 0; i < elements; i++) {
      image[i] = (float) at(model, query, 1 + windows + i);
    }
    return image;
  }

  /** The number of the model of an arm for a query, the first if there are several. */
  int model(Arm arm, double share, int query) {
    return models(arm, share, query)[0];
  }

  RemovalResult result(String method, List<Double> shares) {
    List<Curve> curves = new ArrayList<>();
    List<Ratio> ratios = new ArrayList<>();
    for (double share : shares) {
      Curve top = curve(Arm.TOP, share);
      curves.add(top);
      for (Arm arm : arms(share)) {
        Curve other = curve(arm, share);
        curves.add(other);
        ratios.add(
            new Ratio(share, other.arm(), MedianRatio.of(top.distances(), other.distances())));
      }
    }
    return new RemovalResult(method, queries, curves, ratios);
  }

  /** What the top of a share is compared with. */
  List<Arm> arms(double share) {
    return Stream.of(Arm.NEAREST, Arm.RANDOM)
        .filter(arm -> models(arm, share, 0).length > 0)
        .toList();
  }

  private Curve curve(Arm arm, double share) {
    double[] distances =
        perQuery(
            arm, share, (model, query) -> Images.distance(image(0, query), image(model, query)));
    double[] losses =
        perQuery(arm, share, (model, query) -> at(model, query, 0) / at(0, query, 0) - 1);
    List<Double> inWindows =
        IntStream.range(0, windows)
            .mapToObj(
                w -> {
                  double[] moved = perQuery(arm, share, (model, query) -> at(model, query, 1 + w));
                  return Quartiles.of(moved).median();
                })
            .toList();
    return new Curve(
        arm.label(),
        share,
        Quartiles.of(distances),
        DoubleStream.of(distances).boxed().toList(),
        Quartiles.of(losses),
        inWindows);
  }

  /** One value a query: the mean over the models that are for it. */
  private double[] perQuery(Arm arm, double share, ToDoubleBiFunction<Integer, Integer> measure) {
    return IntStream.range(0, queries)
        .mapToDouble(
            query ->
                IntStream.of(models(arm, share, query))
                    .mapToDouble(model -> measure.applyAsDouble(model, query))
                    .average()
                    .orElseThrow())
        .toArray();
  }

  private int[] models(Arm arm, double share, int query) {
    return IntStream.range(0, plan.models().size())
        .filter(number -> isFor(plan.models().get(number), arm, share, query))
        .toArray();
  }

  private static boolean isFor(Model model, Arm arm, double share, int query) {
    return model.arm() == arm
        && model.share() == share
        && (model.query() == query || model.query() < 0);
  }

  private double at(int model, int query, int place) {
    return outputs[model][query * RemovalRetraining.width(windows, elements) + place];
  }
}
