package dev.cairn.app.demo;

import dev.cairn.app.CommandFailure;
import dev.cairn.app.config.ClientConfig;
import dev.cairn.app.config.GatewaySettings;
import dev.cairn.app.config.ModelSettings;
import dev.cairn.app.config.ServeConfig;
import dev.cairn.app.config.TopicNames;
import dev.cairn.app.events.TopicReader;
import dev.cairn.app.process.ProcessMeters;
import dev.cairn.app.process.ServingProcess;
import dev.cairn.app.terminal.Console;
import dev.cairn.app.terminal.Picture;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;

/**
 * The whole of Cairn in one process: a model draws images, its steps travel through a real broker
 * and both stages, and a plain consumer shows the attributions.
 */
public final class Demo {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final Console console;
  private final DemoOptions options;

  public Demo(Console console, DemoOptions options) {
    this.console = console;
    this.options = options;
  }

  /**
   * Runs to the end.
   *
   * @throws CommandFailure if a record could not be processed or results stay away
   */
  public void run() throws IOException {
    // The broker takes seconds to start; meanwhile the index is built.
    try (DemoBroker broker = DemoBroker.start()) {
      DemoIndex prepared = DemoIndex.prepare(console, options.workDir());
      run(broker.bootstrapServers(), prepared);
    }
  }

  private void run(String bootstrapServers, DemoIndex prepared) {
    ServeConfig serve =
        ServeConfig.of(
            bootstrapServers,
            List.of(
                new ModelSettings(
                    prepared.bundle().directory(),
                    prepared.index(),
                    Optional.of(prepared.bundle().directory().resolve("data")))),
            GatewaySettings.local(freePort()));
    ClientConfig client = ClientConfig.of(bootstrapServers);
    TopicNames topics = client.topics();
    Results results =
        new Results(
            options, topics, presenter(prepared.bundle(), prepared.data()), prepared.data());
    try (TopicReader reader =
            new TopicReader(
                client.kafka(), List.of(topics.attributions(), topics.deadLetters()), true);
        ProcessMeters meters = new ProcessMeters();
        ServingProcess process = ServingProcess.start(serve, meters.registry())) {
      process.dashboard().ifPresent(address -> console.err().println("Dashboard: " + address));
      Drawing drawing = new Drawing(options, prepared.bundle(), client);
      drawing.start();
      results.collect(reader, drawing);
      if (options.keep()) {
        console.err().println("Drawing on for the dashboard; stop with Ctrl-C");
        drawing.await();
      }
    }
  }

  /** The usual port, or any other if that one is taken. */
  private static int freePort() {
    try (ServerSocket _ = new ServerSocket(GatewaySettings.DEFAULT_PORT, 1, LOOPBACK)) {
      return GatewaySettings.DEFAULT_PORT;
    } catch (IOException _) {
      return 0;
    }
  }

  private Presenter presenter(ModelBundle bundle, TrainingData data) {
    if (options.json()) {
      return new JsonPresenter(console);
    }
    int[] shape =
        bundle.model().signature().sample().shape().stream().mapToInt(Integer::intValue).toArray();
    return new TextPresenter(
        console, shape, options.generations(), i -> Picture.of(shape, data.image(i)));
  }
}
