package dev.cairn.app.cli;

import dev.cairn.app.config.ClientConfig;
import dev.cairn.streaming.DeadLetter;
import dev.cairn.streaming.Redrive;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "redrive",
    description = {
      "Puts dead letters back on the topics that they came from, as they were.",
      "They stay among the dead letters too: what is put back twice is processed twice."
    })
final class RedriveCommand implements Callable<Integer> {

  @ParentCommand private RootCommand root;

  @Spec private CommandSpec spec;

  @Mixin private KafkaOptions kafka;

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      split = ",",
      description = "Only of these classes, for example timeout,internal.")
  private Set<String> classes = Set.of();

  @Option(
      names = "--partition",
      paramLabel = "P",
      split = ",",
      description = "Only in these partitions of the dead-letter topic.")
  private Set<Integer> partitions = Set.of();

  @Option(
      names = "--offset",
      paramLabel = "FIRST[-LAST]",
      description = "Only at this offset, or from first to last.")
  private String offsets;

  @Option(names = "--all", description = "All of them.")
  private boolean all;

  @Option(names = "--dry-run", description = "Only list what would be put back.")
  private boolean rehearsal;

  @Override
  public Integer call() throws IOException {
    OffsetRange range = range();
    boolean chosen = !classes.isEmpty() || !partitions.isEmpty() || offsets != null;
    if (!all && !chosen && !rehearsal) {
      throw new ParameterException(
          spec.commandLine(), "choose with --class, --partition or --offset, or say --all");
    }
    ClientConfig config = kafka.config();
    PrintStream out = root.console().out();
    Redrive.Report report =
        new Redrive(
                config.kafka().clientProperties(),
                config.topics().deadLetters(),
                Set.of(config.topics().generations(), config.topics().features()))
            .run(letter -> matches(letter, range), rehearsal, letter -> print(letter, out));
    root.console()
        .err()
        .printf(
            "%s %,d dead letters%s%n",
            rehearsal ? "Would put back" : "Put back",
            report.chosen(),
            report.strangers() == 0
                ? ""
                : ", skipped %,d records that came from none of the topics"
                    .formatted(report.strangers()));
    return 0;
  }

  private record OffsetRange(long first, long last) {}

  private OffsetRange range() {
    if (offsets == null) {
      return new OffsetRange(0, Long.MAX_VALUE);
    }
    String[] bounds = offsets.split("-", 2);
    try {
      return new OffsetRange(Long.parseLong(bounds[0]), Long.parseLong(bounds[bounds.length - 1]));
    } catch (NumberFormatException _) {
      throw new ParameterException(
          spec.commandLine(), "--offset must be like 17 or 17-42, not " + offsets);
    }
  }

  private boolean matches(DeadLetter letter, OffsetRange range) {
    return (classes.isEmpty() || classes.contains(letter.deadLetterClass()))
        && (partitions.isEmpty() || partitions.contains(letter.partition()))
        && letter.offset() >= range.first()
        && letter.offset() <= range.last();
  }

  private static void print(DeadLetter letter, PrintStream out) {
    out.printf(
        "%d-%d  %s  from %s-%d at %d  %s%n",
        letter.partition(),
        letter.offset(),
        letter.deadLetterClass(),
        letter.sourceTopic(),
        letter.sourcePartition(),
        letter.sourceOffset(),
        letter.reason());
  }
}
