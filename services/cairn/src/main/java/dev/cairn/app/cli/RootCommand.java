package dev.cairn.app.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.cairn.app.terminal.Console;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code cairn} itself: options that every command has. */
@Command(
    name = "cairn",
    description = "Tells which training examples steer each step of a diffusion model.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed, with one line on standard error that says why", "2:usage"},
    subcommands = {
      // In the order in which a newcomer meets them.
      DemoCommand.class,
      CompileCommand.class,
      IndexCommand.class,
      ScoreCommand.class,
      ServeCommand.class,
      GenerateCommand.class,
      WatchCommand.class,
      GradientsCommand.class,
      TrainCommand.class,
      ValidateCommand.class,
      CheckCommand.class,
      RedriveCommand.class
    })
public final class RootCommand {

  private final Console console;
  private boolean stacktrace;

  RootCommand(Console console) {
    this.console = console;
  }

  static RootCommand of(CommandLine command) {
    CommandLine top = command;
    while (top.getParent() != null) {
      top = top.getParent();
    }
    return (RootCommand) top.getCommandSpec().userObject();
  }

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "On failure, also print where it happened.")
  void setStacktrace(boolean stacktrace) {
    this.stacktrace |= stacktrace;
  }

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log what happens; twice for details.")
  void setVerbose(boolean[] times) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      Level level = times.length > 1 ? Level.DEBUG : Level.INFO;
      context.getLogger("dev.cairn").setLevel(level);
      context.getLogger("ROOT").setLevel(times.length > 1 ? Level.INFO : Level.WARN);
    }
  }

  Console console() {
    return console;
  }

  boolean stacktrace() {
    return stacktrace;
  }
}
