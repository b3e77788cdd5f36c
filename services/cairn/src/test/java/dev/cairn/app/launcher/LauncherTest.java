package dev.cairn.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real launcher in a made-up project, with made-up JDKs and a made-up Maven. */
class LauncherTest {

  private static final List<String> TOOLS =
      List.of(
          "bash",
          "dirname",
          "readlink",
          "sed",
          "head",
          "find",
          "grep",
          "mkdir",
          "touch",
          "tee",
          "mv",
          "rm",
          "cat",
          "env");

  /** Prints which Java it is and what it was given. */
  private static final String FAKE_JAVA =
      """
      #!/usr/bin/env bash
      echo "java VERSION"
      printf '%s\\n' "$@"
      exit 7
      """;

  @TempDir Path temporary;
  private Path project;
  private Path launcher;
  private Path tools;

  private record Result(int code, String out, String err) {}

  @BeforeEach
  void makeAProjectThatIsBuilt() throws IOException {
    project = Files.createDirectories(temporary.resolve("a project"));
    launcher = Files.createDirectories(project.resolve("deploy")).resolve("cairn");
    Files.copy(repository().resolve("deploy/cairn"), launcher);
    makeExecutable(launcher);
    Files.createDirectories(project.resolve("schemas"));
    Files.createDirectories(project.resolve("services/cairn/target/lib"));
    writeAt(project.resolve("pom.xml"), "<project/>", "2026-01-01T00:00:00Z");
    writeAt(jar(), "", "2026-01-02T00:00:00Z");
    tools = Files.createDirectories(temporary.resolve("tools"));
    for (String tool : TOOLS) {
      Path script = tools.resolve(tool);
      Files.writeString(script, "#!/bin/sh\nexec " + which(tool) + " \"$@\"\n");
      makeExecutable(script);
    }
  }

  @Test
  void a_jdk_that_is_too_old_is_passed_over() throws Exception {
    // Given
    Path old = fakeJdk("jdk seventeen", "17.0.15");
    Path current = fakeJdk("jdk twenty-five", "25.0.1");

    // When
    Result result =
        run(Map.of("JAVA_HOME", old.toString()), current.resolve("bin") + ":" + tools, "check");

    // Then
    assertThat(result.out()).startsWith("java 25.0.1").endsWith("-jar\n" + jar() + "\ncheck\n");
    assertThat(result.code()).as("the program's own exit code").isEqualTo(7);
    assertThat(result.err()).isEmpty();
  }

  @Test
  void a_jdk_named_for_cairn_that_is_too_old_is_an_error_of_one_line() throws Exception {
    Path old = fakeJdk("old", "17.0.15");

    Result result = run(Map.of("CAIRN_JAVA_HOME", old.toString()), tools.toString());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err().lines())
        .containsExactly(
            "cairn: CAIRN_JAVA_HOME="
                + old
                + " holds no JDK 25 or newer; point it at one or unset it");
  }

  @Test
  void the_launcher_works_through_a_symbolic_link_and_keeps_arguments_whole() throws Exception {
    // Given
    Path link = Files.createDirectories(temporary.resolve("bin dir")).resolve("cairn");
    Files.createSymbolicLink(link, launcher);
    launcher = link;

    // When
    Result result = run(withJdk(), tools.toString(), "index", "a b", "*");

    // Then
    assertThat(result.out()).endsWith(jar() + "\nindex\na b\n*\n");
  }

  @Test
  void a_missing_maven_is_an_error_of_one_line() throws Exception {
    Files.delete(jar());

    Result result = run(withJdk(), tools.toString(), "check");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).contains("mvn is not on the path").contains("install Apache Maven");
  }

  @Test
  void a_changed_source_is_built_once() throws Exception {
    // Given
    fakeMaven(
        """
        echo "[INFO] Building Cairn command line 0.1.0-SNAPSHOT                  [8/8]"
        echo "$@" >> "$(dirname "$0")/calls"
        """);
    writeAt(project.resolve("services/New.java"), "", "2026-01-03T00:00:00Z");

    // When
    Result first = run(withJdk(), tools.toString(), "check");
    Result second = run(withJdk(), tools.toString(), "check");

    // Then
    assertThat(first.err()).contains("building from source").contains("[8/8] Cairn command line");
    assertThat(first.out()).startsWith("java 25");
    assertThat(second.err()).isEmpty();
    assertThat(tools.resolve("calls")).content().hasLineCount(1);
  }

  @Test
  void a_build_that_fails_says_why_and_where_the_log_is() throws Exception {
    Files.delete(jar());
    fakeMaven("echo '[ERROR] cannot find symbol'; exit 1");

    Result result = run(withJdk(), tools.toString(), "check");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("[ERROR] cannot find symbol")
        .contains("the build failed; the whole log is in")
        .contains("launcher-build.log");
  }

  private Map<String, String> withJdk() throws IOException {
    return Map.of("CAIRN_JAVA_HOME", fakeJdk("jdk", "25").toString());
  }

  private Path jar() {
    return project.resolve("services/cairn/target/cairn.jar");
  }

  private Path fakeJdk(String name, String version) throws IOException {
    Path jdk = temporary.resolve(name);
    Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
    Files.writeString(java, FAKE_JAVA.replace("VERSION", version));
    makeExecutable(java);
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  private void fakeMaven(String script) throws IOException {
    Path maven = tools.resolve("mvn");
    Files.writeString(maven, "#!/usr/bin/env bash\n" + script);
    makeExecutable(maven);
  }

  private Result run(Map<String, String> environment, String path, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    Path out = temporary.resolve("out.txt");
    Path err = temporary.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(temporary.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", path);
    builder.environment().put("HOME", temporary.toString());
    builder.environment().putAll(environment);
    int code = builder.start().waitFor();
    return new Result(code, Files.readString(out), Files.readString(err));
  }

  private static void writeAt(Path file, String content, String time) throws IOException {
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse(time)));
  }

  private static void makeExecutable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path which(String tool) {
    for (String directory : System.getenv("PATH").split(":")) {
      Path file = Path.of(directory, tool);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new IllegalStateException(tool + " is not on the path of this test");
  }

  /** Surefire runs tests in the module's directory. */
  private static Path repository() {
    return Path.of("").toAbsolutePath().getParent().getParent();
  }
}
