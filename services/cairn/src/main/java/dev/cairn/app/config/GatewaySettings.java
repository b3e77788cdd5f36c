package dev.cairn.app.config;

import dev.cairn.gateway.http.BearerToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The HTTP API and dashboard of a serving process.
 *
 * @param enabled whether this process has them
 * @param host the interface of both ports
 * @param port of API and dashboard; 0 for any free one
 * @param managementPort of /live, /ready, /metrics and /version; 0 for any free one
 * @param token holds what callers must present; none by default, or from CAIRN_GATEWAY_TOKEN
 * @param allowedOrigins pages from elsewhere that may read the API (CORS); none by default
 */
public record GatewaySettings(
    boolean enabled,
    String host,
    int port,
    int managementPort,
    Optional<BearerToken> token,
    Set<String> allowedOrigins) {

  public static final int DEFAULT_PORT = 8480;
  private static final int LARGEST_PORT = 65_535;

  /** As it is unless told otherwise: not there. */
  public static GatewaySettings disabled() {
    return new GatewaySettings(
        false, "127.0.0.1", DEFAULT_PORT, DEFAULT_PORT + 1, Optional.empty(), Set.of());
  }

  /** For this machine only, and for anyone on it. */
  public static GatewaySettings local(int port) {
    return new GatewaySettings(true, "127.0.0.1", port, 0, Optional.empty(), Set.of());
  }

  static GatewaySettings read(Section gateway, Path base) {
    GatewaySettings defaults = disabled();
    GatewaySettings settings =
        new GatewaySettings(
            gateway.flag("enabled", defaults.enabled()),
            gateway.text("host", defaults.host()),
            gateway.count("port", defaults.port(), 0, LARGEST_PORT),
            gateway.count("management-port", defaults.managementPort(), 0, LARGEST_PORT),
            token(gateway, base),
            origins(gateway));
    gateway.rejectUnknownKeys();
    return settings;
  }

  private static Set<String> origins(Section gateway) {
    Set<String> origins = gateway.words("allowed-origins");
    origins.stream()
        .filter(origin -> !origin.matches("https?://[A-Za-z0-9.-]+(:[0-9]+)?"))
        .forEach(
            origin ->
                gateway.problem(
                    "allowed-origins", "are like https://host:port, not '" + origin + "'"));
    return origins;
  }

  /** From a file, or from the environment; not from the configuration, which people show around. */
  private static Optional<BearerToken> token(Section gateway, Path base) {
    Path file = gateway.path("token-file", base);
    Optional<String> variable = gateway.secret("token");
    if (file == null && variable.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(file == null ? new BearerToken(variable.get()) : BearerToken.read(file));
    } catch (IOException e) {
      gateway.problem("token-file", "%s cannot be read (%s)".formatted(file, e.getMessage()));
    } catch (IllegalArgumentException e) {
      gateway.problem(file == null ? "token" : "token-file", e.getMessage());
    }
    return Optional.empty();
  }
}
