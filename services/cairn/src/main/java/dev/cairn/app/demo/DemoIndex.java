package dev.cairn.app.demo;

import dev.cairn.app.offline.Indexing;
import dev.cairn.app.terminal.Console;
import dev.cairn.app.terminal.ConsoleProgress;
import dev.cairn.attribution.AttributionIndex;
import dev.cairn.attribution.IndexException;
import dev.cairn.runtime.BundleException;
import dev.cairn.runtime.CompileOptions;
import dev.cairn.runtime.CompiledBundle;
import dev.cairn.runtime.GradientCompiler;
import dev.cairn.runtime.ModelBundle;
import dev.cairn.runtime.TrainingData;
import dev.cairn.validation.ValidationException;
import dev.cairn.validation.report.IndexEvidence;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demonstration's model, images and index, ready for use.
 *
 * @param index directory of the index
 */
record DemoIndex(ModelBundle bundle, TrainingData data, Path index) {

  private static final Logger log = LoggerFactory.getLogger(DemoIndex.class);

  /** Unpacks, compiles and indexes what a former run has not left ready in {@code workDir}. */
  static DemoIndex prepare(Console console, Path workDir) throws IOException {
    Files.createDirectories(workDir);
    // Two demonstrations at once: the second waits and finds everything ready.
    try (FileChannel channel =
            FileChannel.open(
                workDir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      DemoFiles files = DemoFiles.unpack(workDir);
      ModelBundle bundle = ModelBundle.open(files.bundle());
      TrainingData data = TrainingData.open(files.data(), bundle);
      Path index = workDir.resolve(DemoFiles.NAME + "-index");
      try (ConsoleProgress progress = new ConsoleProgress(console)) {
        if (buildUnlessReady(compiled(bundle, progress), data, index, progress)) {
          recordEvidence(files.validation(), index);
        }
      }
      return new DemoIndex(bundle, data, index);
    }
  }

  private static CompiledBundle compiled(ModelBundle bundle, ConsoleProgress progress) {
    try {
      return CompiledBundle.open(bundle);
    } catch (BundleException _) {
      // Not compiled yet, or by another version of this program.
      return GradientCompiler.compile(
          bundle, CompileOptions.defaults(), progress.named("Compiling"));
    }
  }

  /** Returns whether it had to be built. */
  private static boolean buildUnlessReady(
      CompiledBundle compiled, TrainingData data, Path directory, ConsoleProgress progress)
      throws IOException {
    Indexing indexing = Indexing.recommended();
    if (isReady(compiled, indexing, directory)) {
      return false;
    }
    try {
      indexing.build(compiled, data, directory, progress).close();
    } catch (IndexException _) {
      // Begun by another version of this program: nothing of it can be used.
      delete(directory);
      indexing.build(compiled, data, directory, progress).close();
    }
    return true;
  }

  private static void recordEvidence(Path validation, Path index) {
    try {
      IndexEvidence.record(validation, index);
    } catch (ValidationException e) {
      // The report is of the gradient graph that was validated; other bits have no evidence.
      log.info("The shipped validation is not of this index: {}", e.getMessage());
    }
  }

  private static boolean isReady(CompiledBundle compiled, Indexing indexing, Path directory) {
    try (AttributionIndex index = AttributionIndex.open(directory)) {
      var provenance = index.manifest().provenance();
      return provenance.bundleDigest().equals(compiled.bundle().digest())
          && provenance.gradientsDigest().equals(compiled.gradients().manifest().graphDigest())
          && provenance.outputFunction().equals(indexing.outputFunction().spelling())
          && provenance.timesteps().equals(indexing.featureSpec(compiled.bundle()).timesteps())
          && provenance.noiseSeed() == indexing.noiseSeed()
          && provenance.normalised() == indexing.normalised()
          && index.manifest().kernel().equals(indexing.kernel().kind().spelling())
          && index.manifest().relativeLambda() == indexing.kernel().relativeLambda();
    } catch (IndexException _) {
      return false;
    }
  }

  private static void delete(Path directory) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(directory)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
