package dev.cairn.app.config;

import dev.cairn.streaming.DeliveryGuarantee;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration as its records describe it: names, defaults, and the text of each component.
 */
final class ConfigurationReference {

  private static final Path SOURCES = Path.of("src/main/java/dev/cairn/app/config");
  private static final int COLUMN = 36;

  /** Components of {@link ServeConfig} that stand in a stage's section. */
  private static final Map<String, String> SECTIONS =
      Map.of(
          "rowsPerRun", "gradient-stage",
          "draws", "gradient-stage",
          "top", "scoring-stage",
          "resultsAsJson", "scoring-stage");

  /** Components that the configuration calls otherwise. */
  private static final Map<String, String> KEYS =
      Map.of("resultsAsJson", "format", "token", "token-file");

  /** Values that show more than the default, or that depend on the machine. */
  private static final Map<String, String> EXAMPLES =
      Map.of(
          "payloads.references", "file:/data/steps/",
          "gradient-stage.workers", "2",
          "scoring-stage.workers", "2",
          "scoring-stage.format", "protobuf",
          "journeys.tags", "prompt,user",
          "gateway.token-file", "/run/secrets/cairn",
          "gateway.allowed-origins", "https://a.example");

  private final StringBuilder yaml = new StringBuilder();
  private final Set<String> variables = new TreeSet<>();

  ConfigurationReference() throws IOException {
    ServeConfig defaults =
        ServeConfig.of(
            "localhost:9092",
            List.of(
                new ModelSettings(
                    Path.of("models/fashion-28px"),
                    Path.of("indexes/fashion-28px"),
                    Optional.of(Path.of("data/fashion-28px")))),
            GatewaySettings.disabled());
    Map<String, String> texts = texts(ServeConfig.class);
    for (RecordComponent component : ServeConfig.class.getRecordComponents()) {
      String name = component.getName();
      Object value = value(component, defaults);
      if (value instanceof Record section) {
        heading(key(name), texts.get(name));
        components(key(name), "  ", section);
        for (RecordComponent other : ServeConfig.class.getRecordComponents()) {
          if (key(name).equals(SECTIONS.get(other.getName()))) {
            line(key(name), "  ", other.getName(), value(other, defaults), texts);
          }
        }
      } else if (value instanceof List<?> models) {
        heading(key(name), texts.get(name));
        int start = yaml.length();
        components(key(name) + "[0]", "    ", (Record) models.getFirst());
        yaml.setCharAt(start + 2, '-');
      } else if (!SECTIONS.containsKey(name)) {
        line("", "", name, value, texts);
      }
    }
  }

  /** The whole of it, each line with what it means. */
  String yaml() {
    return yaml.toString();
  }

  /** Names of the environment variables that override its keys. */
  Set<String> variables() {
    return variables;
  }

  private void components(String section, String indent, Record record) throws IOException {
    Map<String, String> texts = texts(record.getClass());
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = value(component, record);
      if (component.getName().equals("hidden")) {
        continue;
      }
      if (value instanceof Map<?, ?>) {
        commented(indent + key(component.getName()) + ":", texts.get(component.getName()));
        commented(indent + "  security.protocol: PLAINTEXT", "");
      } else {
        line(section, indent, component.getName(), value, texts);
      }
    }
  }

  private void heading(String key, String text) {
    commented(key + ":", text);
  }

  private void line(
      String section, String indent, String name, Object value, Map<String, String> texts) {
    String path = section.isEmpty() ? key(name) : section + "." + key(name);
    variables.add(Section.variable(path));
    commented(
        indent + key(name) + ": " + EXAMPLES.getOrDefault(path, shown(value)), texts.get(name));
  }

  private void commented(String line, String text) {
    yaml.append(line);
    if (text != null && !text.isEmpty()) {
      yaml.append(" ".repeat(Math.max(1, COLUMN - line.length()))).append("# ").append(text);
    }
    yaml.append('\n');
  }

  private static String shown(Object value) {
    return switch (value) {
      case DeliveryGuarantee delivery -> delivery.configName();
      case Optional<?> optional -> optional.map(Object::toString).orElse("");
      default -> value.toString();
    };
  }

  private static String key(String component) {
    return KEYS.getOrDefault(
        component, component.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT));
  }

  private static Object value(RecordComponent component, Record of) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the documentation of a record says of its components, by name. */
  private static Map<String, String> texts(Class<?> record) throws IOException {
    String source = Files.readString(SOURCES.resolve(record.getSimpleName() + ".java"));
    String documentation = source.substring(0, source.indexOf("*/", source.indexOf("/**")));
    Map<String, String> texts = new LinkedHashMap<>();
    Matcher parameter =
        Pattern.compile("@param (\\w+) (.*?)(?=\\n \\* @param|\\z)", Pattern.DOTALL)
            .matcher(documentation);
    while (parameter.find()) {
      texts.put(parameter.group(1), parameter.group(2).replaceAll("\\s*\\n \\*\\s*", " ").strip());
    }
    return texts;
  }
}
