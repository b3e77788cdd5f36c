package dev.cairn.app.process;

import dev.cairn.app.config.TracingSettings;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;

/** What traces records in this process, if anything does. Closing it sends what is still held. */
final class Tracing implements AutoCloseable {

  private final OpenTelemetry telemetry;

  private Tracing(OpenTelemetry telemetry) {
    this.telemetry = telemetry;
  }

  /**
   * @throws RuntimeException if a variable of OpenTelemetry's has a value that it does not know
   */
  static Tracing of(TracingSettings settings) {
    if (!settings.enabled()) {
      return new Tracing(OpenTelemetry.noop());
    }
    // Metrics are Prometheus', logs the console's.
    Map<String, String> defaults =
        Map.of(
            "otel.service.name", "cairn",
            "otel.propagators", "tracecontext",
            "otel.traces.exporter", "otlp",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none",
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.exporter.otlp.endpoint", settings.endpoint().toString(),
            "otel.traces.sampler", "parentbased_traceidratio",
            "otel.traces.sampler.arg", Double.toString(settings.samplePercent() / 100.0));
    return new Tracing(
        AutoConfiguredOpenTelemetrySdk.builder()
            .addPropertiesSupplier(() -> defaults)
            .disableShutdownHook()
            .build()
            .getOpenTelemetrySdk());
  }

  OpenTelemetry telemetry() {
    return telemetry;
  }

  @Override
  public void close() {
    if (telemetry instanceof OpenTelemetrySdk sdk) {
      sdk.close();
    }
  }
}
