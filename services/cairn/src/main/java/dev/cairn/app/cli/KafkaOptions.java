package dev.cairn.app.cli;

import dev.cairn.app.config.ClientConfig;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which Kafka a client command talks to. */
final class KafkaOptions {

  private static final String DEFAULT = "localhost:9092";
  private static final String VARIABLE = "CAIRN_KAFKA_BOOTSTRAP_SERVERS";

  @ArgGroup(exclusive = true)
  private Source source = new Source();

  /** One address is enough; a file carries TLS, SASL and topic names as well. */
  private static final class Source {
    @Option(
        names = {"--bootstrap", "--bootstrap-servers"},
        paramLabel = "HOST:PORT",
        description = "Kafka broker (default: $" + VARIABLE + " or " + DEFAULT + ").")
    private String bootstrap;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "Configuration whose sections kafka and topics are used.")
    private Path config;
  }

  boolean given() {
    return source.bootstrap != null || source.config != null;
  }

  ClientConfig config() throws IOException {
    if (source.config != null) {
      return ClientConfig.load(source.config, System.getenv());
    }
    return ClientConfig.of(
        source.bootstrap != null
            ? source.bootstrap
            : System.getenv().getOrDefault(VARIABLE, DEFAULT));
  }
}
