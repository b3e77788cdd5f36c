package dev.cairn.streaming;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/** Why Kafka does not do what it was asked, as one line that says how to mend it. */
public final class KafkaReason {

  private KafkaReason() {}

  /** One line of text, whatever the failure is. */
  public static String of(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String said =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    String line =
        switch (cause) {
          case SaslAuthenticationException _ ->
              said + "; check user and password (sasl.jaas.config) and sasl.mechanism";
          case SslAuthenticationException _ ->
              "%s: %s; check ssl.truststore.location, and the broker's certificate"
                  .formatted(said, deepest(cause));
          case AuthorizationException _ ->
              said + "; grant this user the permission (an ACL) on the broker";
          default -> said;
        };
    return line.strip().replaceAll("\\s+", " ");
  }

  private static String deepest(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage();
  }
}
