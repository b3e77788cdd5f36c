package dev.cairn.runtime.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * WebDataset shards: .tar files whose members of one name but for the ending belong to one example:
 * the picture, {@code .txt} (captions), {@code .json} (captions, label), {@code .cls} (class). Only
 * where each member lies is kept; bytes are read when asked for.
 */
final class WebDataset implements PictureSet {

  /** Where a member's bytes lie. */
  private record Member(Path shard, String name, long offset, int length) {}

  private final List<Path> shards;
  private final List<Member> pictures = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();

  private WebDataset(List<Path> shards) {
    this.shards = List.copyOf(shards);
    for (Path shard : shards) {
      members(shard).forEach(this::add);
    }
  }

  static PictureSet open(List<Path> shards) {
    return new WebDataset(shards);
  }

  /** By key and ending, in the order of the archive. */
  private static Map<String, Map<String, Member>> members(Path shard) {
    Map<String, Map<String, Member>> members = new LinkedHashMap<>();
    try (TarFile tar = new TarFile(shard.toFile())) {
      for (TarArchiveEntry entry : tar.getEntries()) {
        String name = entry.getName();
        int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
        if (!entry.isFile() || dot < 0) {
          continue;
        }
        members
            .computeIfAbsent(name.substring(0, dot), _ -> new LinkedHashMap<>())
            .put(
                name.substring(dot + 1),
                new Member(shard, name, entry.getDataOffset(), Math.toIntExact(entry.getSize())));
      }
      return members;
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException(
          "%s: no .tar archive that can be read (%s)".formatted(shard, e.getMessage()), e);
    }
  }

  private void add(String key, Map<String, Member> parts) {
    Member picture =
        parts.values().stream()
            .filter(member -> PictureDecoder.knows(member.name()))
            .findFirst()
            .orElse(null);
    if (picture == null) {
      return;
    }
    List<String> captions = new ArrayList<>();
    String label = "";
    int index = Entry.NO_CLASS;
    if (parts.containsKey("txt")) {
      captions.addAll(Captions.lines(read(parts.get("txt"))));
    }
    if (parts.containsKey("json")) {
      Member json = parts.get("json");
      JsonNode document = Captions.parse(read(json), json.shard() + ":" + json.name());
      if (captions.isEmpty()) {
        captions.addAll(Captions.of(document));
      }
      label = document.path("label").asText("");
    }
    if (parts.containsKey("cls")) {
      String text = new String(read(parts.get("cls")), StandardCharsets.UTF_8).strip();
      index = text.matches("\\d{1,9}") ? Integer.parseInt(text) : Entry.NO_CLASS;
      label = label.isEmpty() ? text : label;
    }
    pictures.add(picture);
    entries.add(Entry.of(key, label, captions, index, picture.name()));
  }

  private static byte[] read(Member member) {
    try (FileChannel channel = FileChannel.open(member.shard(), StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(member.length());
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, member.offset() + bytes.position()) < 0) {
          throw new DataException(member.shard() + ": ends within " + member.name());
        }
      }
      return bytes.array();
    } catch (IOException e) {
      throw DataException.unreadable(member.shard(), e);
    }
  }

  @Override
  public List<Entry> entries() {
    return Collections.unmodifiableList(entries);
  }

  @Override
  public Picture picture(int i) {
    Member member = pictures.get(i);
    return PictureDecoder.decode(read(member), member.shard() + ":" + member.name());
  }

  @Override
  public List<Path> files() {
    return shards;
  }
}
