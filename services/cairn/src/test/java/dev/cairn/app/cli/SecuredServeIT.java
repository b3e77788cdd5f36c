package dev.cairn.app.cli;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.broker.SecuredBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS, SCRAM and permissions, as somebody who starts the commands meets them. */
class SecuredServeIT {

  @TempDir static Path directory;
  private static SecuredBroker secured;

  @BeforeAll
  static void startABrokerAndBuildAnIndex() throws Exception {
    secured = SecuredBroker.start(directory);
    for (String user : new String[] {"stage", "stranger"}) {
      secured.user(user, "right");
    }
    secured.allow("stage", TOPIC, "secured.", CREATE, READ, WRITE);
    CommandRun.of(
            "index",
            DemoModel.bundle(directory),
            "--data",
            DemoModel.data(directory, 100),
            "--out",
            directory.resolve("index"),
            "--timesteps",
            1)
        .succeeded();
  }

  @AfterAll
  static void stopTheBroker() {
    secured.close();
  }

  @Test
  void check_says_that_the_broker_answers_and_which_topics_are_missing() throws IOException {
    CommandRun run = check(secured.client("stage", "right")).succeeded();

    assertThat(run.out()).contains("answers", "secured.generations");
  }

  @Test
  void a_wrong_password_is_said_in_one_line() throws IOException {
    refused(secured.client("stage", "wrong"), "invalid credentials");
  }

  @Test
  void an_untrusted_certificate_is_said_in_one_line() throws IOException {
    refused(secured.clientThatTrustsAnother("stage", "right"), "check ssl.truststore.location");
  }

  @Test
  void a_missing_permission_is_said_in_one_line() throws IOException {
    Path config = config(secured.client("stranger", "right"));

    CommandRun run = CommandRun.of("serve", "--config", config);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().strip()).hasLineCount(1).contains("grant this user the permission");
  }

  private static void refused(Map<String, Object> client, String reason) throws IOException {
    for (CommandRun run :
        new CommandRun[] {check(client), CommandRun.of("serve", "--config", config(client))}) {
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err().strip())
          .hasLineCount(1)
          .startsWith("cairn: ")
          .contains(reason)
          .doesNotContain("\"wrong\"");
    }
  }

  private static CommandRun check(Map<String, Object> client) throws IOException {
    return CommandRun.of("check", "--config", config(client), "--broker");
  }

  private static Path config(Map<String, Object> client) throws IOException {
    StringBuilder yaml = new StringBuilder("kafka:\n");
    yaml.append("  bootstrap-servers: ").append(client.get("bootstrap.servers")).append('\n');
    yaml.append("  properties:\n");
    client.forEach(
        (name, value) -> {
          if (!name.equals("bootstrap.servers")) {
            yaml.append("    ").append(name).append(": '").append(value).append("'\n");
          }
        });
    yaml.append(
        """
        topics:
          generations: secured.generations
          features: secured.features
          attributions: secured.attributions
          dead-letters: secured.dead-letters
        models:
          - bundle: fashion-16px
            index: index
        """);
    return Files.writeString(Files.createTempFile(directory, "secured", ".yaml"), yaml);
  }
}
