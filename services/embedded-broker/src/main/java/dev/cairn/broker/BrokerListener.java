package dev.cairn.broker;

/**
 * A further address of the broker, beside the plain one.
 *
 * @param name in upper case, for example PROXIED
 * @param securityProtocol PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL
 * @param advertisedPort where clients are told to connect, for example the port of a proxy before
 *     the broker; 0: the listener's own
 */
public record BrokerListener(String name, String securityProtocol, int advertisedPort) {

  /** Plain, reached through something that listens on another port. */
  public static BrokerListener behind(FaultProxy proxy) {
    return new BrokerListener("PROXIED", "PLAINTEXT", proxy.port());
  }
}
