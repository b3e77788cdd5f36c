package dev.cairn.streaming;

import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.broker.SecuredBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS, SCRAM and permissions: what a stream needs, and what it says when something is wrong. */
@Timeout(120)
class SecuredBrokerIT {

  @TempDir static Path directory;
  private static SecuredBroker secured;

  @BeforeAll
  static void start() throws Exception {
    secured = SecuredBroker.start(directory);
    for (String user : new String[] {"stage", "no-group", "no-output", "no-transaction"}) {
      secured.user(user, "right");
      secured.allow(user, TOPIC, "input-", READ);
      secured.allow(user, TOPIC, "dead-letters-", WRITE);
      if (!user.equals("no-group")) {
        secured.allow(user, GROUP, "group-", READ);
      }
      if (!user.equals("no-output")) {
        secured.allow(user, TOPIC, "output-", WRITE);
      }
      if (!user.equals("no-transaction")) {
        secured.allow(user, TRANSACTIONAL_ID, "group-", WRITE, DESCRIBE);
      }
    }
  }

  @AfterAll
  static void stop() {
    secured.close();
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_works_with_no_more_than_the_permissions_that_its_readme_names(
      DeliveryGuarantee delivery) throws Exception {
    try (StreamBench bench = new StreamBench(secured.broker(), delivery, 2)) {
      // Given
      bench.sendNumbers(0, 50);

      // When
      RecordStream stream = start(bench, delivery, secured.client("stage", "right"));

      // Then
      assertThat(bench.readText(bench.output, 50)).hasSize(50);
      await().untilAsserted(() -> assertThat(bench.committed()).isEqualTo(50));
      assertThat(stream.problem()).isEmpty();
      StreamBench.stop(stream);
    }
  }

  @Test
  void a_wrong_password_is_said_in_one_line() throws Exception {
    assertThat(problem(DeliveryGuarantee.AT_LEAST_ONCE, secured.client("stage", "wrong")))
        .contains("invalid credentials", "check user and password")
        .doesNotContain("wrong");
  }

  @Test
  void an_untrusted_certificate_is_said_in_one_line() throws Exception {
    assertThat(
            problem(
                DeliveryGuarantee.AT_LEAST_ONCE, secured.clientThatTrustsAnother("stage", "right")))
        .contains("unable to find valid certification path", "check ssl.truststore.location");
  }

  @Test
  void a_missing_permission_of_the_group_is_said_in_one_line() throws Exception {
    assertThat(problem(DeliveryGuarantee.AT_LEAST_ONCE, secured.client("no-group", "right")))
        .contains("group-", "grant this user the permission");
  }

  @ParameterizedTest
  @EnumSource
  void a_missing_permission_of_a_topic_is_said_in_one_line(DeliveryGuarantee delivery)
      throws Exception {
    assertThat(problem(delivery, secured.client("no-output", "right")))
        .contains("output-", "grant this user the permission");
  }

  @Test
  void a_missing_permission_of_the_transactions_is_said_in_one_line() throws Exception {
    assertThat(problem(DeliveryGuarantee.EXACTLY_ONCE, secured.client("no-transaction", "right")))
        .containsIgnoringCase("transactional id")
        .contains("grant this user the permission");
  }

  private static String problem(DeliveryGuarantee delivery, Map<String, Object> client)
      throws Exception {
    try (StreamBench bench = new StreamBench(secured.broker(), delivery, 1)) {
      bench.sendNumbers(0, 1);
      RecordStream stream = start(bench, delivery, client);
      await().atMost(Duration.ofSeconds(30)).until(() -> stream.problem().isPresent());
      String problem = stream.problem().orElseThrow();
      StreamBench.stop(stream);
      assertThat(problem).doesNotContain("\n");
      assertThat(bench.committed()).isZero();
      return problem;
    }
  }

  private static RecordStream start(
      StreamBench bench, DeliveryGuarantee delivery, Map<String, Object> client) {
    StreamOptions plain = bench.options(FlowLimits.defaults(), Duration.ofSeconds(5));
    RecordStream stream =
        new RecordStream(
            new StreamOptions(
                client,
                plain.groupId(),
                plain.topics(),
                plain.deadLetterTopic(),
                plain.limits(),
                delivery,
                plain.drainTimeout(),
                plain.stage()),
            bench::echoed,
            bench.registry);
    stream.start();
    return stream;
  }
}
