package dev.cairn.app.cli;

import dev.cairn.app.CommandFailure;
import dev.cairn.app.config.ModelSettings;
import dev.cairn.app.config.ServeConfig;
import dev.cairn.app.events.TopicCreation;
import dev.cairn.attribution.AttributionIndex;
import dev.cairn.runtime.BundleHint;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.ModelBundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "check",
    description =
        "Checks a configuration with its bundles and indexes, or a bundle or index alone, and"
            + " changes nothing.")
final class CheckCommand implements Callable<Integer> {

  @ParentCommand private RootCommand root;

  @Option(names = "--config", paramLabel = "FILE", description = "The configuration of 'serve'.")
  private Path config;

  @Option(
      names = "--broker",
      description = "With --config: asks the broker too, as this configuration's user.")
  private boolean broker;

  @Option(names = "--bundle", paramLabel = "DIR", description = "A model bundle.")
  private Path bundle;

  @Option(
      names = "--index",
      paramLabel = "DIR",
      description = "An index; every file is read and compared with the manifest.")
  private Path index;

  @Override
  public Integer call() throws IOException {
    if (config == null && bundle == null && index == null) {
      throw new CommandFailure("nothing to check; give --config, --bundle or --index");
    }
    if (config != null) {
      ServeConfig loaded = ServeConfig.load(config, System.getenv());
      say("%s is valid: %s, topics %s", config, loaded.kafka(), loaded.topics());
      for (ModelSettings model : loaded.models()) {
        checkIndex(model.index(), model.bundle());
      }
      if (broker) {
        checkBroker(loaded);
      }
    }
    if (index != null) {
      checkIndex(index, bundle);
    } else if (bundle != null) {
      ModelBundle opened = ModelBundle.open(bundle);
      CompiledBundle compiled = CompiledBundle.open(opened);
      say(
          "bundle %s: sample %s, %d timesteps, compiled with features of length %d",
          opened.id(),
          opened.model().signature().sample().shape(),
          opened.schedule().timesteps(),
          compiled.gradients().featureDimension());
    }
    return 0;
  }

  private void checkBroker(ServeConfig loaded) {
    List<String> missing = TopicCreation.missing(loaded.kafka(), loaded.topics());
    say(
        "the broker at %s answers; topics not there, or not for this user: %s",
        loaded.kafka().bootstrapServers(), missing.isEmpty() ? "none" : missing);
  }

  private void checkIndex(Path directory, Path bundleOfIndex) {
    try (AttributionIndex opened = AttributionIndex.open(directory)) {
      opened.verify();
      CompiledBundle compiled = BundleHint.open(directory, opened, bundleOfIndex);
      say(
          "index %s: %,d examples of bundle %s, features of length %d, kernel %s",
          directory,
          opened.size(),
          compiled.bundle().id(),
          opened.dimension(),
          opened.manifest().kernel());
    }
  }

  private void say(String format, Object... values) {
    root.console().out().printf(format + "%n", values);
  }
}
