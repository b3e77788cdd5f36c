package dev.cairn.gateway;

import dev.cairn.gateway.http.BearerToken;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a gateway listens and what it reads.
 *
 * @param host the interface of both ports
 * @param port of the API and the dashboard; 0 for any free one
 * @param managementPort of probes and metrics; 0 for any free one
 * @param token what callers must present; empty: anyone may call
 * @param origins of pages from elsewhere that may read the API; empty: none
 * @param clientProperties Kafka client properties, {@code bootstrap.servers} among them
 * @param generationsTopic where published steps go
 * @param attributionsTopic what is shown
 * @param deadLettersTopic what could not be processed
 * @param limits bounds of everything that is held for callers
 */
public record GatewayOptions(
    String host,
    int port,
    int managementPort,
    Optional<BearerToken> token,
    Set<String> origins,
    Map<String, Object> clientProperties,
    String generationsTopic,
    String attributionsTopic,
    String deadLettersTopic,
    GatewayLimits limits) {

  public GatewayOptions {
    origins = Set.copyOf(origins);
    clientProperties = Map.copyOf(clientProperties);
  }

  /** The topics that the gateway reads. */
  List<String> topicsRead() {
    return List.of(attributionsTopic, deadLettersTopic);
  }

  /** Names the client properties without their values, which may be secrets. */
  @Override
  public String toString() {
    return "GatewayOptions[host=%s, port=%d, managementPort=%d, token=%s, topics=%s, limits=%s]"
        .formatted(
            host,
            port,
            managementPort,
            token.isPresent() ? "(hidden)" : "none",
            List.of(generationsTopic, attributionsTopic, deadLettersTopic),
            limits);
  }
}
