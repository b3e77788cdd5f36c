package dev.cairn.app.cli;

import dev.cairn.app.config.ConfigurationException;
import java.io.FileNotFoundException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/** Turns whatever ended a command into one line on standard error and an exit code. */
final class ErrorReport
    implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {

  /** Wrappers that say nothing of their own. */
  private static final Set<Class<?>> WRAPPERS =
      Set.of(
          ExecutionException.class, CompletionException.class, java.io.UncheckedIOException.class);

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (exception instanceof ConfigurationException configuration) {
      configuration
          .problems()
          .forEach(problem -> err.println("cairn: " + configuration.source() + ": " + problem));
    } else {
      err.println("cairn: " + describe(exception));
    }
    if (RootCommand.of(command).stacktrace()) {
      exception.printStackTrace(err);
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }

  @Override
  public int handleParseException(CommandLine.ParameterException exception, String[] arguments) {
    CommandLine command = exception.getCommandLine();
    PrintWriter err = command.getErr();
    if (command.getParent() == null
        && exception.getClass() == CommandLine.ParameterException.class) {
      command.usage(err);
      return ExitCode.USAGE;
    }
    String name = command.getCommandSpec().qualifiedName();
    err.println("cairn: " + oneLine(exception.getMessage()) + " (see " + name + " --help)");
    CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
    err.flush();
    return ExitCode.USAGE;
  }

  /**
   * One line for {@code thrown}: the messages of this project as they are, others with their kind.
   */
  static String describe(Throwable thrown) {
    Throwable cause = thrown;
    while (WRAPPERS.contains(cause.getClass()) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case NoSuchFileException e -> e.getFile() + " does not exist; check the path";
      case FileNotFoundException e -> e.getMessage() + "; check the path";
      case NotDirectoryException e -> e.getFile() + " is not a directory";
      case AccessDeniedException e ->
          e.getFile() + " may not be read or written; check its permissions";
      case FileSystemException e -> e.getFile() + ": " + e.getReason();
      case OutOfMemoryError _ ->
          "out of memory; give the JVM more with CAIRN_JAVA_OPTS=-Xmx…, or lower rows a batch";
      case Throwable e when e.getClass().getName().startsWith("dev.cairn.") ->
          oneLine(e.getMessage());
      case Throwable e ->
          "unexpected %s: %s; run again with --stacktrace for where"
              .formatted(e.getClass().getSimpleName(), oneLine(e.getMessage()));
    };
  }

  private static String oneLine(String message) {
    return message == null ? "no message" : message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
