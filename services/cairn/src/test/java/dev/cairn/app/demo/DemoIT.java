package dev.cairn.app.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import dev.cairn.app.cli.CommandLineFrame;
import dev.cairn.app.terminal.Console;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Subject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole path: model, broker, both stages, and a plain consumer. */
class DemoIT {

  @TempDir Path directory;

  @Test
  void the_demonstration_attributes_every_step_and_the_final_image() throws Exception {
    // When
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        CommandLineFrame.run(
            Console.plain(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8)),
            "demo",
            "--generations",
            "1",
            "--json",
            "--work-dir",
            directory.toString());

    // Then
    assertThat(code).as(err.toString(UTF_8)).isZero();
    List<Attribution> results = new ArrayList<>();
    for (String line : out.toString(UTF_8).lines().toList()) {
      Attribution.Builder result = Attribution.newBuilder();
      JsonFormat.parser().merge(line, result);
      results.add(result.build());
    }
    assertThat(results).hasSize(DemoOptions.STEPS + 1);
    assertThat(results.stream().map(Attribution::getResultId)).doesNotHaveDuplicates();
    assertThat(results)
        .allSatisfy(
            result -> {
              assertThat(result.getTopPositiveList()).hasSize(10);
              assertThat(result.getTopNegativeList()).hasSize(10);
              assertThat(result.getSummary().getCount()).isEqualTo(2004);
              assertThat(result.getProvenance().getIndexDigest()).hasSize(64);
              assertThat(result.getProvenance().getValidation().getMethod())
                  .as("evidence of this very index; validate the shipped model again")
                  .isEqualTo("journey-mean-block");
            });
    assertThat(results.subList(0, DemoOptions.STEPS))
        .as("steps in order")
        .extracting(Attribution::getStep)
        .isSorted();
    assertThat(results.getLast().getSubject()).isEqualTo(Subject.FINAL_IMAGE);
    assertThat(err.toString(UTF_8))
        .contains("51 attributions, median")
        .contains("of the generated image's class");
  }
}
