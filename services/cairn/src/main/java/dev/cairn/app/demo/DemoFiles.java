package dev.cairn.app.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/**
 * The model and the images that the program brings along, unpacked to a directory.
 *
 * @param bundle a model bundle
 * @param data the images it was trained on
 * @param validation what a validation with retrained models has reported of it
 */
record DemoFiles(Path bundle, Path data, Path validation) {

  static final String NAME = "fashion-28px";

  private static final String RESOURCES = "/demo/" + NAME + "/";
  private static final List<String> NAMES =
      List.of(
          "README.md",
          "unet/model.onnx",
          "scheduler/scheduler_config.json",
          "data/train-images-idx3-ubyte.gz",
          "data/train-labels-idx1-ubyte.gz",
          "data/labels.txt",
          "validation/report.json");

  /** Unpacks what is missing or different below {@code directory}. */
  static DemoFiles unpack(Path directory) throws IOException {
    Path bundle = directory.resolve(NAME);
    for (String name : NAMES) {
      Path file = bundle.resolve(name);
      byte[] content = read(name);
      // Comparing costs a few milliseconds; a half-written or edited file would cost an hour.
      if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
        Files.createDirectories(file.getParent());
        Path temporary = file.resolveSibling(file.getFileName() + ".part");
        Files.write(temporary, content);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return new DemoFiles(bundle, bundle.resolve("data"), bundle.resolve("validation"));
  }

  private static byte[] read(String name) throws IOException {
    try (InputStream in = DemoFiles.class.getResourceAsStream(RESOURCES + name)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its own resource " + RESOURCES + name);
      }
      return in.readAllBytes();
    }
  }
}
