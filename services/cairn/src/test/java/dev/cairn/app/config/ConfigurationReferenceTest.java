package dev.cairn.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The reference in the README is what the records say of themselves. After a change of them, {@code
 * -Dcairn.reference.record} writes it anew.
 */
class ConfigurationReferenceTest {

  private static final Path README = Path.of("../../README.md");
  private static final Pattern BLOCK =
      Pattern.compile("(### Configuration reference\\n.*?```yaml\\n)(.*?)(```)", Pattern.DOTALL);

  @Test
  void the_readme_shows_what_the_records_say() throws IOException {
    String readme = Files.readString(README);
    Matcher block = BLOCK.matcher(readme);
    assertThat(block.find()).isTrue();
    String generated = new ConfigurationReference().yaml();

    if (System.getProperty("cairn.reference.record") != null) {
      Files.writeString(
          README, readme.substring(0, block.start(2)) + generated + readme.substring(block.end(2)));
    } else {
      assertThat(block.group(2)).isEqualTo(generated);
    }
  }

  @Test
  void it_has_every_key_that_is_asked_for_and_no_other() throws IOException {
    Set<String> asked = new TreeSet<>();
    HashMap<String, String> environment =
        new HashMap<>() {
          @Override
          public String get(Object variable) {
            asked.add((String) variable);
            return null;
          }
        };
    String yaml = new ConfigurationReference().yaml();

    try {
      ServeConfig.parse("reference", yaml, Path.of("."), environment);
    } catch (ConfigurationException e) {
      assertThat(e.problems())
          .allMatch(
              problem -> problem.contains("is no directory") || problem.contains("cannot be read"));
    }

    asked.remove("CAIRN_GATEWAY_TOKEN"); // a secret, which has no place in a file
    assertThat(asked).isEqualTo(new ConfigurationReference().variables());
  }
}
