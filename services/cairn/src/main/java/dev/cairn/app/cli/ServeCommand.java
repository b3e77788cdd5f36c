package dev.cairn.app.cli;

import dev.cairn.app.config.ServeConfig;
import dev.cairn.app.events.TopicCreation;
import dev.cairn.app.process.ProcessMeters;
import dev.cairn.app.process.ServingProcess;
import dev.cairn.app.process.StopSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "serve",
    description = "Runs the gradient and scoring stages against a Kafka cluster, until stopped.")
final class ServeCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @ParentCommand private RootCommand root;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description =
          "YAML configuration; the environment overrides it (kafka.bootstrap-servers is"
              + " CAIRN_KAFKA_BOOTSTRAP_SERVERS).")
  private Path file;

  @Override
  public Integer call() throws IOException {
    ServeConfig config = ServeConfig.load(file, System.getenv());
    TopicCreation.createMissing(config.kafka(), config.topics());
    try (StopSignal stop = StopSignal.install();
        ProcessMeters meters = new ProcessMeters();
        ServingProcess process = ServingProcess.start(config, meters.registry())) {
      LOG.atInfo()
          .addKeyValue("models", process.modelIds())
          .addKeyValue("kafka", config.kafka())
          .addKeyValue("topics", config.topics())
          .addKeyValue("stages", process.states().keySet())
          .log("Serving");
      root.console()
          .err()
          .printf(
              "Serving %s at %s (stages: %s); stop with Ctrl-C%n",
              String.join(", ", process.modelIds()),
              config.kafka().bootstrapServers(),
              String.join(", ", process.states().keySet()));
      process
          .dashboard()
          .ifPresent(address -> root.console().err().printf("Dashboard: %s%n", address));
      process.watch(() -> ServeConfig.load(file, System.getenv()), root.console().err()::println);
      stop.await();
      root.console().err().println("Stopping: finishing and committing what is in flight");
    }
    return 0;
  }
}
