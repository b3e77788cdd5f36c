package dev.cairn.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that callers present, and the browser session derived from it. Compared in a time that
 * does not depend on how much of it was right.
 */
public final class BearerToken {

  private static final String HMAC = "HmacSHA256";
  private static final String SESSION = "cairn dashboard session 1";
  private static final int SHORTEST = 16;

  private final byte[] token;
  private final String session;

  /**
   * @throws IllegalArgumentException if it is too short to be a secret
   */
  public BearerToken(String token) {
    if (token.length() < SHORTEST) {
      throw new IllegalArgumentException(
          "a bearer token needs at least %d characters, got %d"
              .formatted(SHORTEST, token.length()));
    }
    this.token = token.getBytes(UTF_8);
    // The same for every gateway with this token, and of no use for finding it.
    this.session = HexFormat.of().formatHex(hmac(SESSION));
  }

  /**
   * Reads a file that holds the token, with or without a line end.
   *
   * @throws IOException if it cannot be read
   */
  public static BearerToken read(Path file) throws IOException {
    return new BearerToken(Files.readString(file).strip());
  }

  /** Whether a value of the header Authorization carries the token. */
  boolean accepts(String authorization) {
    String scheme = "Bearer ";
    return authorization != null
        && authorization.regionMatches(true, 0, scheme, 0, scheme.length())
        && same(token, authorization.substring(scheme.length()).strip().getBytes(UTF_8));
  }

  /** Whether a cookie's value is the session. */
  boolean acceptsSession(String value) {
    return value != null && same(session.getBytes(UTF_8), value.getBytes(UTF_8));
  }

  /** The value for a browser's cookie. */
  String session() {
    return session;
  }

  /** By their keyed hashes, so that not even the length shows. */
  private boolean same(byte[] expected, byte[] given) {
    return MessageDigest.isEqual(hmac(new String(expected, UTF_8)), hmac(new String(given, UTF_8)));
  }

  private byte[] hmac(String text) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(token, HMAC));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + HMAC, e);
    }
  }

  @Override
  public String toString() {
    return "(hidden)";
  }
}
