package dev.cairn.attributor.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Message;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.FeatureProvenance;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.GenerationCompleted;
import dev.cairn.schemas.v1.GenerationStep;
import dev.cairn.schemas.v1.Subject;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Deterministic ids of events: the same step of the same generation always gets the same id, so
 * that a replay can be recognised. Each is the first 32 hexadecimal digits of a SHA-256 over its
 * parts, every part as UTF-8 behind its length (32 bits, big-endian).
 */
public final class EventIds {
  private static final int DIGITS = 32;

  /** Cloned, never used itself: to look an algorithm up among the providers takes longer. */
  private static final MessageDigest SHA_256 = unused();

  private EventIds() {}

  /** Id of an attribution. */
  public static String resultId(
      String generationId,
      Subject subject,
      int step,
      String bundleDigest,
      String indexDigest,
      String outputFunction) {
    return hash(
        generationId,
        subject.name(),
        Integer.toUnsignedString(step),
        bundleDigest,
        indexDigest,
        outputFunction);
  }

  /** The CloudEvents id of a message. */
  static String of(Message message) {
    return switch (message) {
      case GenerationStep s ->
          hash("step", s.getGenerationId(), Integer.toUnsignedString(s.getStep()));
      case GenerationCompleted c -> hash("completed", c.getGenerationId());
      case Features f -> {
        FeatureProvenance p = f.getProvenance();
        yield hash(
            "features",
            f.getGenerationId(),
            f.getSubject().name(),
            Integer.toUnsignedString(f.getStep()),
            p.getBundleDigest(),
            p.getGradientsDigest(),
            p.getOutputFunction());
      }
      case Attribution a -> a.getResultId();
      default ->
          throw new IllegalArgumentException(
              message.getDescriptorForType().getFullName() + " is not an event");
    };
  }

  private static String hash(String... parts) {
    MessageDigest sha256 = sha256();
    for (String part : parts) {
      byte[] bytes = part.getBytes(UTF_8);
      sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      sha256.update(bytes);
    }
    return HexFormat.of().formatHex(sha256.digest()).substring(0, DIGITS);
  }

  private static MessageDigest sha256() {
    try {
      return (MessageDigest) SHA_256.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the platform's own SHA-256 can be cloned", e);
    }
  }

  private static MessageDigest unused() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
