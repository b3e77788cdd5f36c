package dev.cairn.app.cli;

import dev.cairn.app.config.ClientConfig;
import dev.cairn.app.events.AttributionLines;
import dev.cairn.app.events.TopicReader;
import dev.cairn.attributor.events.EventCodec;
import dev.cairn.attributor.events.PayloadLimits;
import dev.cairn.attributor.events.RejectedException;
import dev.cairn.schemas.v1.Attribution;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(name = "watch", description = "Prints attributions as they arrive, until interrupted.")
final class WatchCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(500);

  @ParentCommand private RootCommand root;

  @Mixin private KafkaOptions kafka;

  @Option(names = "--json", description = "One attribution a line, as canonical protobuf JSON.")
  private boolean json;

  @Option(names = "--from-beginning", description = "Also print what the topic holds already.")
  private boolean fromBeginning;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Stop after N attributions (default: never).")
  private long count = Long.MAX_VALUE;

  @Override
  public Integer call() throws IOException {
    Arguments.requireAtLeastOne("--count", count);
    ClientConfig config = kafka.config();
    EventCodec codec = new EventCodec("/cairn/watch", PayloadLimits.DEFAULT);
    PrintStream out = root.console().out();
    String topic = config.topics().attributions();
    try (TopicReader reader = new TopicReader(config.kafka(), List.of(topic), fromBeginning)) {
      for (long seen = 0; seen < count; ) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          if (seen < count && print(codec, record, out)) {
            seen++;
          }
        }
        out.flush();
        if (out.checkError()) {
          return 0; // whoever read the output has gone, for example 'head'
        }
      }
    }
    return 0;
  }

  private boolean print(EventCodec codec, ConsumerRecord<byte[], byte[]> record, PrintStream out) {
    try {
      if (codec.decode(record).body() instanceof Attribution attribution) {
        out.println(json ? AttributionLines.json(attribution) : AttributionLines.text(attribution));
        return true;
      }
    } catch (RejectedException e) {
      root.console()
          .err()
          .printf(
              "cairn: skipped %s-%d at offset %d: %s%n",
              record.topic(), record.partition(), record.offset(), e.getMessage());
    }
    return false;
  }
}
