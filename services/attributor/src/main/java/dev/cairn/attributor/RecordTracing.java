package dev.cairn.attributor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cairn.streaming.Outcome;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A span a record: begun when it arrives, ended with its outcome, a child of what the record's
 * headers name, and named in the headers of what follows from it. Where nothing traces, headers are
 * passed on as they came.
 *
 * <p>Attributes follow OpenTelemetry's semantic conventions for messaging.
 */
final class RecordTracing {

  private static final TextMapGetter<Headers> HEADERS =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Headers headers) {
          List<String> keys = new ArrayList<>();
          headers.forEach(header -> keys.add(header.key()));
          return keys;
        }

        @Override
        public String get(Headers headers, String key) {
          Header header = headers == null ? null : headers.lastHeader(key);
          return header == null || header.value() == null
              ? null
              : new String(header.value(), UTF_8);
        }
      };

  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final String stage;

  RecordTracing(OpenTelemetry telemetry, String stage) {
    this.tracer = telemetry.getTracer("dev.cairn.attributor");
    this.propagator = telemetry.getPropagators().getTextMapPropagator();
    this.stage = stage;
  }

  CompletionStage<Outcome> traced(
      ConsumerRecord<byte[], byte[]> received, Supplier<CompletionStage<Outcome>> work) {
    Context cause = propagator.extract(Context.root(), received.headers(), HEADERS);
    Span span =
        tracer
            .spanBuilder("process " + received.topic())
            .setParent(cause)
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute("messaging.system", "kafka")
            .setAttribute("messaging.operation.type", "process")
            .setAttribute("messaging.destination.name", received.topic())
            .setAttribute(
                "messaging.destination.partition.id", Integer.toString(received.partition()))
            .setAttribute("messaging.kafka.offset", received.offset())
            .setAttribute("cairn.stage", stage)
            .startSpan();
    return work.get()
        .whenComplete(
            (outcome, failure) -> {
              describe(span, outcome, failure);
              if (outcome instanceof Outcome.Emit emit) {
                emit.records().forEach(record -> name(cause.with(span), record.headers()));
              }
              span.end();
            });
  }

  private void name(Context context, Headers headers) {
    propagator.inject(
        context,
        headers,
        (carrier, key, value) -> carrier.remove(key).add(key, value.getBytes(UTF_8)));
  }

  private static void describe(Span span, Outcome outcome, Throwable failure) {
    if (failure != null) {
      span.setStatus(StatusCode.ERROR, failure.toString());
    } else if (outcome instanceof Outcome.Reject reject) {
      span.setAttribute("cairn.dead_letter.class", reject.deadLetterClass());
      span.setStatus(StatusCode.ERROR, reject.reason());
    }
  }
}
