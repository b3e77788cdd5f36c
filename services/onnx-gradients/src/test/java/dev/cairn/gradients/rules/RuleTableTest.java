package dev.cairn.gradients.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RuleTableTest {
  @Test
  void the_readme_lists_every_rule() throws Exception {
    assertThat(Files.readString(Path.of("README.md"))).contains(Rules.table());
  }
}
