package dev.cairn.app.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * Whether spans of each record's way are exported, and where to. OpenTelemetry's own variables
 * ({@code OTEL_EXPORTER_OTLP_ENDPOINT}, {@code OTEL_TRACES_SAMPLER} …) take precedence.
 *
 * @param enabled off unless told
 * @param endpoint of a collector that takes OTLP over HTTP
 * @param samplePercent of those records whose producers did not decide whether they are traced
 */
public record TracingSettings(boolean enabled, URI endpoint, int samplePercent) {

  /** Off. */
  public static TracingSettings disabled() {
    return new TracingSettings(false, URI.create("http://localhost:4318"), 100);
  }

  static TracingSettings read(Section tracing) {
    TracingSettings defaults = disabled();
    URI endpoint = endpoint(tracing, defaults.endpoint());
    TracingSettings settings =
        new TracingSettings(
            tracing.flag("enabled", defaults.enabled()),
            endpoint,
            tracing.count("sample-percent", defaults.samplePercent(), 0, 100));
    tracing.rejectUnknownKeys();
    return settings;
  }

  private static URI endpoint(Section tracing, URI fallback) {
    String text = tracing.text("endpoint", fallback.toString());
    try {
      URI endpoint = new URI(text);
      if (endpoint.getHost() != null && List.of("http", "https").contains(endpoint.getScheme())) {
        return endpoint;
      }
    } catch (URISyntaxException _) {
      // Reported below, like an address of another kind.
    }
    tracing.problem("endpoint", "must be an http or https address, not " + text);
    return fallback;
  }
}
