package dev.cairn.attributor.events;

import static dev.cairn.schemas.v1.DeadLetterClass.MALFORMED;
import static dev.cairn.schemas.v1.DeadLetterClass.TIMEOUT;
import static dev.cairn.schemas.v1.DeadLetterClass.TOO_LARGE;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches payloads that are too large for a topic and travel by reference (CloudEvents extension
 * {@code dataref}), with a digest that says which bytes are meant.
 *
 * <p>A reference comes from whoever may write to the topic, and is followed with the rights of this
 * process. So only places that the configuration names are read, nothing is taken for a path that
 * leaves them, and redirects are not followed.
 */
final class PayloadReferences {
  private static final Pattern DIGEST = Pattern.compile("sha-256:([0-9a-f]{64})");
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 3;
  private static final long PAUSE_MILLIS = 300;

  private final PayloadLimits limits;

  /** Made when first needed: most processes never follow a reference. */
  private HttpClient http;

  PayloadReferences(PayloadLimits limits) {
    this.limits = limits;
  }

  /**
   * The bytes that a reference means. Blocks; what may be a passing failure is tried three times.
   *
   * @param digest {@code sha-256:} and 64 hexadecimal digits; null if the record has none
   * @throws RejectedException malformed for a reference that is not allowed, leads to nothing or to
   *     other bytes; too-large; timeout where the place does not answer
   */
  byte[] fetch(String reference, String digest) {
    URI uri = uri(reference);
    if (limits.references().stream().noneMatch(root -> isBelow(root, uri))) {
      throw new RejectedException(
          MALFORMED,
          "header ce_dataref is '%s'; this process reads payloads from %s"
              .formatted(
                  reference, limits.references().isEmpty() ? "nowhere" : limits.references()));
    }
    Matcher expected = DIGEST.matcher(digest == null ? "" : digest);
    if (!expected.matches()) {
      throw new RejectedException(
          MALFORMED,
          "header ce_datadigest is '%s'; expected sha-256: and 64 hexadecimal digits"
              .formatted(digest));
    }
    byte[] payload = read(uri);
    String actual = HexFormat.of().formatHex(sha256(payload));
    if (!actual.equals(expected.group(1))) {
      throw new RejectedException(
          MALFORMED,
          "the %d bytes at %s have SHA-256 %s, not the %s of header ce_datadigest"
              .formatted(payload.length, uri, actual, expected.group(1)));
    }
    return payload;
  }

  private static URI uri(String reference) {
    try {
      // Normalised, so that no dots lead out of an allowed place.
      return URI.create(reference).normalize();
    } catch (IllegalArgumentException e) {
      throw new RejectedException(MALFORMED, "header ce_dataref is no URI: " + e.getMessage());
    }
  }

  /** Whether scheme, host and port are equal, and the path lies below the root's. */
  static boolean isBelow(URI root, URI uri) {
    return root.getScheme().equals(uri.getScheme())
        && String.valueOf(root.getRawAuthority()).equals(String.valueOf(uri.getRawAuthority()))
        && uri.getRawPath() != null
        && !uri.getRawPath().contains("..")
        && !uri.getRawPath().contains("%")
        && uri.getRawPath().startsWith(root.getRawPath());
  }

  private byte[] read(URI uri) {
    for (int attempt = 1; ; attempt++) {
      try {
        return uri.getScheme().equals("file") ? readFile(uri) : readHttp(uri);
      } catch (FileNotFoundException | NoSuchFileException _) {
        throw new RejectedException(MALFORMED, "there is nothing at " + uri);
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw new RejectedException(
              TIMEOUT, "no payload from %s: %s".formatted(uri, e.getMessage()));
        }
        pause(attempt);
      }
    }
  }

  private byte[] readFile(URI uri) throws IOException {
    Path file = Path.of(uri).toRealPath();
    boolean inside = false;
    for (URI root : limits.references()) {
      // A link may lead anywhere; where the file really is decides.
      inside |= root.getScheme().equals("file") && file.startsWith(Path.of(root).toRealPath());
    }
    if (!inside || !Files.isRegularFile(file)) {
      throw new RejectedException(MALFORMED, uri + " is no file in the places that may be read");
    }
    requireSize(uri, Files.size(file));
    try (InputStream in = Files.newInputStream(file)) {
      return readBounded(uri, in);
    }
  }

  private byte[] readHttp(URI uri) throws IOException {
    try {
      HttpResponse<InputStream> response =
          http()
              .send(
                  HttpRequest.newBuilder(uri).timeout(ANSWER).GET().build(),
                  BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        int status = response.statusCode();
        if (status == 404 || status == 410) {
          throw new FileNotFoundException();
        }
        if (status / 100 == 5 || status == 429) {
          throw new IOException("status " + status);
        }
        if (status != 200) {
          throw new RejectedException(
              MALFORMED, "%s answers with status %d, not 200".formatted(uri, status));
        }
        requireSize(uri, response.headers().firstValueAsLong("content-length").orElse(0));
        return readBounded(uri, body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private synchronized HttpClient http() {
    if (http == null) {
      http = HttpClient.newBuilder().followRedirects(Redirect.NEVER).connectTimeout(ANSWER).build();
    }
    return http;
  }

  private byte[] readBounded(URI uri, InputStream in) throws IOException {
    byte[] payload = in.readNBytes(limits.maxReferencedBytes() + 1);
    requireSize(uri, payload.length);
    return payload;
  }

  private void requireSize(URI uri, long bytes) {
    if (bytes > limits.maxReferencedBytes()) {
      throw new RejectedException(
          TOO_LARGE,
          "the payload at %s has more than the %d bytes that are accepted"
              .formatted(uri, limits.maxReferencedBytes()));
    }
  }

  private static void pause(int attempt) {
    try {
      TimeUnit.MILLISECONDS.sleep(attempt * PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedException(TIMEOUT, "interrupted while a payload was fetched");
    }
  }

  private static byte[] sha256(byte[] payload) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(payload);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
