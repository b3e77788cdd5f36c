package dev.cairn.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

  @Test
  void no_command_is_a_usage_error_that_lists_the_commands() {
    CommandRun run = CommandRun.of();

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("demo", "compile", "index", "score", "serve");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "compile",
        "index",
        "score",
        "serve",
        "generate",
        "watch",
        "gradients",
        "train",
        "validate",
        "check"
      })
  void every_command_explains_itself(String command) {
    CommandRun run = CommandRun.of(command, "--help").succeeded();

    assertThat(run.out()).contains("Usage: cairn " + command).contains("--stacktrace");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void a_missing_option_is_one_line_and_exit_code_2() {
    CommandRun run = CommandRun.of("index", "bundle", "--out", "x");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines())
        .containsExactly("cairn: Missing required option: '--data=DATA' (see cairn index --help)");
  }

  @Test
  void an_adapter_needs_a_place_for_its_bundle_and_has_a_scope_of_its_own() {
    CommandRun run = CommandRun.of("compile", "bundle", "--adapter", "x");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--into=DIR");
    CommandRun.of("compile", "bundle", "--adapter", "x", "--into", "y", "--parameters", "z")
        .failedSaying("--adapter takes gradients by the adapter's factors");
  }

  @Test
  void a_misspelt_command_names_the_one_that_was_meant() {
    CommandRun run = CommandRun.of("comple");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("comple").contains("compile");
  }

  @Test
  void a_value_of_the_wrong_kind_names_the_option() {
    CommandRun run = CommandRun.of("demo", "--generations", "many");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--generations").contains("'many'");
  }

  @Test
  void a_count_of_zero_is_refused() {
    CommandRun.of("demo", "--generations", 0).failedSaying("--generations must be at least 1");
  }

  @Test
  void a_stack_trace_is_printed_when_asked_for_only() {
    assertThat(CommandRun.of("check").err().lines()).hasSize(1);
    assertThat(CommandRun.of("check", "--stacktrace").err()).contains("\tat dev.cairn.app");
    assertThat(CommandRun.of("--stacktrace", "check").err()).contains("\tat dev.cairn.app");
  }
}
