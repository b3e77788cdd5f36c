package dev.cairn.attributor.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadReferencesTest {
  private static final int LARGEST = 1000;
  private static final byte[] PAYLOAD = "a payload".getBytes(UTF_8);

  @TempDir Path directory;
  private Path allowed;
  private HttpServer server;
  private String base;
  private PayloadReferences references;
  private final AtomicInteger failuresFirst = new AtomicInteger();

  @BeforeEach
  void open() throws IOException {
    allowed = Files.createDirectory(directory.resolve("allowed"));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    base = "http://127.0.0.1:" + server.getAddress().getPort();
    answer("/payloads/good", 200, PAYLOAD, Map.of());
    answer("/payloads/moved", 302, new byte[0], Map.of("location", base + "/payloads/good"));
    answer("/payloads/large", 200, new byte[LARGEST + 1], Map.of());
    server.start();
    references =
        new PayloadReferences(
            PayloadLimits.DEFAULT.withReferences(
                List.of(allowed.toUri(), URI.create(base + "/payloads/")), LARGEST));
  }

  private void answer(String path, int status, byte[] body, Map<String, String> headers) {
    server.createContext(
        path,
        exchange -> {
          headers.forEach(exchange.getResponseHeaders()::set);
          boolean fails = failuresFirst.getAndDecrement() > 0;
          exchange.sendResponseHeaders(fails ? 503 : status, body.length == 0 ? -1 : 0);
          if (body.length > 0) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  @Test
  void a_file_and_a_resource_are_fetched_if_their_digest_is_right() throws Exception {
    Path file = Files.write(allowed.resolve("good"), PAYLOAD);

    assertThat(references.fetch(file.toUri().toString(), digest(PAYLOAD))).isEqualTo(PAYLOAD);
    assertThat(references.fetch(base + "/payloads/good", digest(PAYLOAD))).isEqualTo(PAYLOAD);
  }

  @Test
  void a_codec_reads_a_record_whose_payload_lies_elsewhere() throws Exception {
    // Given
    byte[] payload = PayloadFormat.PROTOBUF.write(RecordFixtures.step());
    Path file = Files.write(allowed.resolve("step"), payload);
    EventCodec codec =
        new EventCodec(
            "/test", PayloadLimits.DEFAULT.withReferences(List.of(allowed.toUri()), 1 << 20));
    ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("in", 0, 0, null, null);
    record.headers().add(header("ce_type", "dev.cairn.generation.step.v1"));
    record.headers().add(header("ce_dataref", file.toUri().toString()));
    record.headers().add(header("ce_datadigest", digest(payload)));

    // Then
    assertThat(codec.decode(record).body()).isEqualTo(RecordFixtures.step());
    assertRejected(
        "malformed",
        "reads payloads from nowhere",
        () -> new EventCodec("/test", PayloadLimits.DEFAULT).decode(record));
  }

  @Test
  void other_bytes_than_those_that_were_meant_are_refused() throws Exception {
    Path file = Files.write(allowed.resolve("good"), PAYLOAD);
    String reference = file.toUri().toString();

    assertRejected(
        "malformed", "not the", () -> references.fetch(reference, digest(new byte[] {1})));
    assertRejected("malformed", "ce_datadigest", () -> references.fetch(reference, null));
    assertRejected("malformed", "ce_datadigest", () -> references.fetch(reference, "md5:00"));
  }

  @Test
  void too_much_is_refused_whatever_the_server_announces() throws Exception {
    Path file = Files.write(allowed.resolve("large"), new byte[LARGEST + 1]);

    assertRejected(
        "too-large", "1000", () -> references.fetch(file.toUri().toString(), digest(PAYLOAD)));
    assertRejected(
        "too-large", "1000", () -> references.fetch(base + "/payloads/large", digest(PAYLOAD)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "file:%sallowed/../secret",
        "file:%sallowed/%%2e%%2e/secret",
        "file:%sallowedtoo/secret",
        "http://127.0.0.1:1/payloads/good",
        "http://user@127.0.0.1/payloads/good",
        "https://example.org/payloads/good",
        "ftp://example.org/payloads/good",
        "payloads/good",
        "no uri"
      })
  void nothing_outside_the_allowed_places_is_read(String reference) throws Exception {
    Files.write(directory.resolve("secret"), PAYLOAD);
    Path beside = Files.createDirectory(directory.resolve("allowedtoo"));
    Files.write(beside.resolve("secret"), PAYLOAD);

    assertRejected(
        "malformed",
        "ce_dataref",
        () -> references.fetch(reference.formatted(directory.toUri().getPath()), digest(PAYLOAD)));
  }

  @Test
  void a_link_that_leads_out_of_the_allowed_places_is_not_followed() throws Exception {
    Path secret = Files.write(directory.resolve("secret"), PAYLOAD);
    Path link = Files.createSymbolicLink(allowed.resolve("link"), secret);

    assertRejected(
        "malformed",
        "no file in",
        () -> references.fetch(link.toUri().toString(), digest(PAYLOAD)));
  }

  @Test
  void a_redirect_is_not_followed() {
    assertRejected(
        "malformed", "302", () -> references.fetch(base + "/payloads/moved", digest(PAYLOAD)));
  }

  @Test
  void what_is_not_there_is_the_records_fault_and_a_failing_server_is_asked_again() {
    assertRejected(
        "malformed",
        "nothing at",
        () -> references.fetch(allowed.toUri() + "absent", digest(PAYLOAD)));
    assertRejected(
        "malformed",
        "nothing at",
        () -> references.fetch(base + "/payloads/absent", digest(PAYLOAD)));

    failuresFirst.set(2);
    assertThat(references.fetch(base + "/payloads/good", digest(PAYLOAD))).isEqualTo(PAYLOAD);

    failuresFirst.set(3);
    assertRejected(
        "timeout", "503", () -> references.fetch(base + "/payloads/good", digest(PAYLOAD)));
  }

  private static void assertRejected(String deadLetterClass, String reason, ThrowingCallable c) {
    assertThatExceptionOfType(RejectedException.class)
        .isThrownBy(c)
        .withMessageContaining(reason)
        .returns(deadLetterClass, RejectedException::wireClass);
  }

  private static RecordHeader header(String name, String value) {
    return new RecordHeader(name, value.getBytes(UTF_8));
  }

  private static String digest(byte[] payload) {
    try {
      return "sha-256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(payload));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
