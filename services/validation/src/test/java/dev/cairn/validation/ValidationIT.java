package dev.cairn.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.Progress;
import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.lds.MethodResult;
import dev.cairn.validation.removal.RemovalResult;
import dev.cairn.validation.removal.RemovalResult.Ratio;
import dev.cairn.validation.report.Report;
import dev.cairn.validation.scores.Method;
import dev.cairn.validation.training.TrainingOptions;
import dev.cairn.validation.unet.UnetBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real retraining from end to end, small: 8 models of 25 steps, interrupted on the way. */
class ValidationIT {
  private static final ValidationOptions OPTIONS =
      new ValidationOptions(
          8,
          1,
          0.5,
          20,
          new TrainingOptions(1, 16, 5e-3, 0, 0, 1, 0.9, false, 4, 1000),
          4,
          2,
          2,
          new ValidationOptions.Measurement(4, 2, 2, 11),
          new ValidationOptions.Features(4, 2, 0),
          List.of(0.1, 10.0),
          5);

  @TempDir Path directory;
  private CompiledBundle compiled;
  private TrainingData data;
  private TrainingData heldOut;

  @BeforeEach
  void open() {
    ModelBundle bundle = TinyModels.bundle(directory.resolve("bundle"), 4);
    compiled =
        GradientCompiler.compile(
            bundle,
            new CompileOptions(CompileOptions.ProjectionKind.KRONECKER, 128, 0),
            Progress.none());
    data = TinyModels.data(directory.resolve("data"), bundle, 40);
    heldOut = TinyModels.data(directory.resolve("held-out"), bundle, 6);
  }

  @Test
  void an_interrupted_validation_repeats_no_model_and_leaves_arrays_and_a_page()
      throws IOException {
    // Given
    Path out = directory.resolve("out");
    Progress power =
        (what, done, _) -> {
          if (what.equals("retraining steps") && done == 110) {
            throw new IllegalStateException("power cut");
          }
        };
    assertThatThrownBy(() -> validation(out, power).run(Comparison.all("d-trak")))
        .hasMessage("power cut");
    Set<Path> finished = files(out.resolve("measured"));
    assertThat(finished).hasSizeBetween(2, 5);
    Set<Object> times = new HashSet<>();
    for (Path file : finished) {
      times.add(Files.getLastModifiedTime(file));
    }

    // When
    Report report = validation(out, Progress.none()).run(Comparison.all("d-trak"));

    // Then
    Set<Object> after = new HashSet<>();
    for (Path file : finished) {
      after.add(Files.getLastModifiedTime(file));
    }
    assertThat(after).isEqualTo(times);
    assertThat(Npy.shape(out.resolve("subsets.npy"))).containsExactly(8, 40);
    assertThat(Npy.shape(out.resolve("outputs.npy"))).containsExactly(8, 8);
    String step = "-t" + report.timesteps().getFirst() + ".npy";
    assertThat(Npy.shape(out.resolve("outputs" + step))).containsExactly(8, 8);
    assertThat(Npy.shape(out.resolve("scores-d-trak.npy"))).containsExactly(8, 40);
    assertThat(Npy.shape(out.resolve("scores-journey" + step))).containsExactly(8, 40);
    assertThat(report.methods()).hasSize(28);
    assertThat(report.best().lds()).containsOnlyKeys("generated", "held out");
    assertThat(report.best().lds().get("held out").mean()).isGreaterThan(0.2);
    String page = Files.readString(out.resolve("report.html"));
    assertThat(page).contains("<svg", "data:image/png").doesNotContain("<script", "http://");
    assertThatThrownBy(() -> other(out))
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("is of a validation with another bundle, data or options");

    // Other methods, judged by the same models; another model makes an ensemble.
    Path mislabelled = directory.resolve("mislabelled.npy");
    boolean[] wrong = new boolean[40];
    wrong[3] = true;
    Npy.writeBooleans(mislabelled, new int[] {40}, wrong);
    Report ensemble =
        validation(out, Progress.none())
            .run(
                new Comparison(
                    Method.named(List.of("trak", "gradient-dot")),
                    "trak",
                    List.of(otherSeed()),
                    true,
                    Optional.of(mislabelled)));
    assertThat(Npy.shape(out.resolve("groups/subsets.npy"))).containsExactly(4, 40);
    assertThat(ensemble.groups()).hasSize(6);
    assertThat(ensemble.mislabelled()).containsOnlyKeys("trak");
    assertThat(ensemble.mislabelled().get("trak")).isBetween(0.0, 1.0);
    assertThat(ensemble.retrieval().getLast().name()).isEqualTo("pixel-cosine");
    assertThat(ensemble.retrieval().getLast().precisionAtTen()).isEqualTo(1);
    assertThat(ensemble.methods())
        .extracting(MethodResult::name)
        .containsExactlyInAnyOrder(
            "trak",
            "gradient-dot",
            "trak-ensemble",
            "gradient-dot-ensemble",
            "pixel-dot",
            "pixel-cosine");
    assertThat(files(out.resolve("measured"))).hasSize(8);

    // The top, removed.
    RemovalResult removal =
        validation(out, Progress.none()).counterfactuals().without("d-trak", List.of(0.2), true, 3);
    assertThat(removal.curves()).hasSize(3);
    assertThat(removal.queries()).isEqualTo(3);
    assertThat(removal.ratios()).extracting(Ratio::arm).containsExactly("nearest", "random");
    assertThat(removal.ratios()).allSatisfy(ratio -> assertThat(ratio.times().mean()).isPositive());
    assertThat(Files.readString(out.resolve("counterfactuals-d-trak/counterfactuals.html")))
        .contains("How far images move", "<svg", "data:image/png");
    assertThatThrownBy(
            () ->
                validation(out, Progress.none())
                    .counterfactuals()
                    .without("d-trak", List.of(0.1), true, 3))
        .hasMessageContaining("is of counterfactuals of other scores, shares or queries");

    RemovalResult halved =
        validation(out, Progress.none())
            .counterfactuals()
            .without("gradient-dot", List.of(0.2), false, 2);
    assertThat(halved.ratios()).extracting(Ratio::arm).containsExactly("random");
    assertThat(files(out.resolve("counterfactuals-gradient-dot/measured"))).hasSize(1 + 3 + 2);

    // The same arrays, given from outside, make the same report.
    var scores = new LinkedHashMap<String, Path>();
    scores.put("d-trak", out.resolve("scores-d-trak.npy"));
    Report given =
        GivenValidation.run(
            out.resolve("subsets.npy"),
            out.resolve("outputs.npy"),
            scores,
            directory.resolve("given"));
    assertThat(given.best().perQuery())
        .isEqualTo(
            report.methods().stream()
                .filter(m -> m.name().equals("d-trak"))
                .findFirst()
                .orElseThrow()
                .perQuery());
  }

  private Validation validation(Path out, Progress progress) {
    return new Validation(compiled, data, heldOut, OPTIONS, out, 2, progress);
  }

  private CompiledBundle otherSeed() {
    ModelBundle bundle =
        TinyModels.bundle(
            directory.resolve("other-seed"), UnetBuilder.build(TinyModels.spec(4), 9));
    return GradientCompiler.compile(
        bundle,
        new CompileOptions(CompileOptions.ProjectionKind.KRONECKER, 128, 0),
        Progress.none());
  }

  private Validation other(Path out) {
    TrainingData fewer = TinyModels.data(directory.resolve("fewer"), compiled.bundle(), 36);
    return new Validation(compiled, fewer, heldOut, OPTIONS, out, 2, Progress.none());
  }

  private static Set<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return new HashSet<>(files.toList());
    }
  }
}
