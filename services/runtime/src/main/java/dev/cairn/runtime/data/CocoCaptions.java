package dev.cairn.runtime.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * COCO captions: a JSON document with {@code images} (id, file_name) and {@code annotations}
 * (image_id, caption), several captions an image; pictures in a directory of their own. The
 * document is read element by element: as a tree, COCO's own would fill a heap.
 */
final class CocoCaptions implements PictureSet {

  /** A picture that the document names. */
  private record Named(String id, String fileName) {}

  private final Path document;
  private final List<Path> pictures = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();

  private CocoCaptions(Path document, Path images) {
    this.document = document;
    List<Named> named = new ArrayList<>();
    Map<String, List<String>> captions = new HashMap<>();
    elements(
        document,
        (array, element) -> {
          if (array.equals("images")) {
            named.add(new Named(element.path("id").asText(), element.path("file_name").asText()));
          } else if (array.equals("annotations")) {
            captions
                .computeIfAbsent(element.path("image_id").asText(), _ -> new ArrayList<>(5))
                .add(element.path("caption").asText().strip());
          }
        });
    if (named.isEmpty()) {
      throw new DataException(document + ": no COCO captions; it names no images");
    }
    Path directory = images != null ? images : directory(document, named.getFirst().fileName());
    for (Named image : named) {
      List<String> texts = captions.getOrDefault(image.id(), List.of());
      pictures.add(directory.resolve(image.fileName()));
      entries.add(Entry.of(image.id(), "", texts, Entry.NO_CLASS, image.fileName()));
    }
  }

  /**
   * @param images directory of the pictures; null to look where COCO's archives put them
   */
  static PictureSet open(Path document, Path images) {
    return new CocoCaptions(document, images);
  }

  /** Whether a JSON file is such a document. */
  static boolean knows(Path file) {
    List<String> arrays = new ArrayList<>();
    try (JsonParser parser = Captions.JSON.createParser(file.toFile())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        arrays.add(parser.currentName());
        parser.nextToken();
        parser.skipChildren();
      }
    } catch (IOException _) {
      return false;
    }
    return arrays.containsAll(List.of("images", "annotations"));
  }

  /** Hears one element of one of the document's arrays. */
  private interface Elements {
    void hear(String array, JsonNode element);
  }

  private static void elements(Path document, Elements listener) {
    try (JsonParser parser = Captions.JSON.createParser(document.toFile())) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String array = parser.currentName();
        if (parser.nextToken() != JsonToken.START_ARRAY) {
          parser.skipChildren();
          continue;
        }
        while (parser.nextToken() == JsonToken.START_OBJECT) {
          listener.hear(array, Captions.JSON.readTree(parser));
        }
      }
    } catch (JsonProcessingException e) {
      throw new DataException(
          "%s: not valid JSON (%s)".formatted(document, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw DataException.unreadable(document, e);
    }
  }

  /** annotations/captions_train2017.json lies beside train2017/. */
  private static Path directory(Path document, String firstPicture) {
    Path here = document.toAbsolutePath().getParent();
    String name = document.getFileName().toString().replace(".json", "");
    String split = name.substring(name.lastIndexOf('_') + 1);
    List<Path> candidates =
        List.of(here.resolveSibling(split), here.resolve(split), here.resolve("images"), here);
    return candidates.stream()
        .filter(candidate -> Files.isRegularFile(candidate.resolve(firstPicture)))
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    "%s: its pictures are in none of %s; name their directory with --images"
                        .formatted(document, candidates)));
  }

  @Override
  public List<Entry> entries() {
    return Collections.unmodifiableList(entries);
  }

  @Override
  public Picture picture(int i) {
    return PictureDecoder.decode(Content.of(pictures.get(i)), pictures.get(i));
  }

  @Override
  public List<Path> files() {
    return Stream.concat(Stream.of(document), pictures.stream()).toList();
  }
}
