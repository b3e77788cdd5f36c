package dev.cairn.runtime.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A folder of picture files. The first sub-folder is the class; captions come from {@code
 * metadata.jsonl} ({@code file_name} and {@code text}, {@code caption} or {@code captions}), or
 * from a {@code .txt} file beside a picture, one caption a line. The id of an example is its path.
 */
final class ImageFolder implements PictureSet {

  private static final String METADATA = "metadata.jsonl";

  private final List<Path> pictures;
  private final List<Entry> entries;
  private final List<Path> files;

  private ImageFolder(List<Path> pictures, List<Entry> entries, List<Path> files) {
    this.pictures = pictures;
    this.entries = List.copyOf(entries);
    this.files = List.copyOf(files);
  }

  static PictureSet open(Path directory) {
    List<Path> pictures = pictures(directory);
    Path metadata = directory.resolve(METADATA);
    List<Path> files = new ArrayList<>(pictures);
    Map<String, JsonNode> known = Map.of();
    if (Files.isRegularFile(metadata)) {
      known = metadata(metadata);
      files.add(metadata);
    }
    List<String> classes = classes(directory, pictures);
    List<Entry> entries = new ArrayList<>();
    for (Path picture : pictures) {
      String id = directory.relativize(picture).toString().replace('\\', '/');
      String label = id.contains("/") ? id.substring(0, id.indexOf('/')) : "";
      entries.add(
          Entry.of(id, label, captions(picture, known.get(id), files), classes.indexOf(label), id));
    }
    return new ImageFolder(pictures, entries, files);
  }

  private static List<Path> pictures(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> PictureDecoder.knows(file.getFileName().toString()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw DataException.unreadable(directory, e);
    }
  }

  /** Numbered by name, as torchvision's ImageFolder does. */
  private static List<String> classes(Path directory, List<Path> pictures) {
    TreeSet<String> classes = new TreeSet<>();
    for (Path picture : pictures) {
      Path relative = directory.relativize(picture);
      if (relative.getNameCount() > 1) {
        classes.add(relative.getName(0).toString());
      }
    }
    return List.copyOf(classes);
  }

  private static Map<String, JsonNode> metadata(Path file) {
    Map<String, JsonNode> known = new HashMap<>();
    for (JsonNode document : Captions.documents(file)) {
      if (!document.path("file_name").isTextual()) {
        throw new DataException(file + ": a line without file_name; name the picture's file");
      }
      known.put(document.get("file_name").asText(), document);
    }
    return known;
  }

  private static List<String> captions(Path picture, JsonNode known, List<Path> files) {
    if (known != null) {
      return Captions.of(known);
    }
    String name = picture.getFileName().toString();
    Path text = picture.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".txt");
    if (!Files.isRegularFile(text)) {
      return List.of();
    }
    files.add(text);
    return Captions.lines(Content.of(text));
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Picture picture(int i) {
    return PictureDecoder.decode(Content.of(pictures.get(i)), pictures.get(i));
  }

  @Override
  public List<Path> files() {
    return files;
  }
}
