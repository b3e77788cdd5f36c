package dev.cairn.app.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values that name files which hold a part of them: {@code ${file:/run/secrets/password}}. So a
 * secret is neither in the configuration nor in the environment.
 */
final class FileReferences {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{file:([^}]+)}");
  private static final int LARGEST_FILE = 1 << 20;

  private FileReferences() {}

  /**
   * The value with each reference replaced by the file's text, without its last line break.
   *
   * @throws IOException if a file cannot be read, with a message that names it
   */
  static String resolve(String value) throws IOException {
    Matcher reference = REFERENCE.matcher(value);
    StringBuilder whole = new StringBuilder();
    while (reference.find()) {
      reference.appendReplacement(whole, Matcher.quoteReplacement(read(reference.group(1))));
    }
    return reference.appendTail(whole).toString();
  }

  private static String read(String name) throws IOException {
    Path file = Path.of(name);
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new IOException("names the file " + name + ", which cannot be read");
    }
    if (Files.size(file) > LARGEST_FILE) {
      throw new IOException("names the file " + name + ", which is larger than 1 MiB");
    }
    return Files.readString(file).replaceFirst("\\R\\z", "");
  }
}
