package dev.cairn.schemas;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The module's .proto files as the compiler understood them, comments included. */
final class Protos {

  private final Map<String, FileDescriptor> files = new TreeMap<>();
  private final Map<String, String> comments = new HashMap<>();

  private Protos(FileDescriptorSet set) throws DescriptorValidationException {
    // The compiler writes dependencies before what depends on them.
    for (FileDescriptorProto proto : set.getFileList()) {
      FileDescriptor[] imported =
          proto.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new);
      FileDescriptor file = FileDescriptor.buildFrom(proto, imported);
      files.put(proto.getName(), file);
      proto.getSourceCodeInfo().getLocationList().forEach(location -> readComment(file, location));
    }
  }

  static Protos load() {
    try {
      return new Protos(compiled());
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
  }

  static FileDescriptorSet compiled() {
    try (InputStream in = Protos.class.getResourceAsStream("/cairn/v1/cairn.protoset")) {
      return FileDescriptorSet.parseFrom(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<FileDescriptor> files() {
    return List.copyOf(files.values());
  }

  List<Descriptor> messages() {
    return files.values().stream().flatMap(file -> file.getMessageTypes().stream()).toList();
  }

  List<EnumDescriptor> enums() {
    return files.values().stream().flatMap(file -> file.getEnumTypes().stream()).toList();
  }

  Descriptor message(String fullName) {
    return messages().stream()
        .filter(message -> message.getFullName().equals(fullName))
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("There is no message " + fullName + " in the .proto files"));
  }

  /**
   * The comment above a message, field, enum or value, as one paragraph; empty if there is none.
   */
  String comment(GenericDescriptor element) {
    return comments.getOrDefault(element.getFullName(), "");
  }

  /** The empty instance of the generated class. */
  static Message prototype(Descriptor message) {
    try {
      Class<?> type = Class.forName("dev.cairn.schemas.v1." + message.getName());
      return (Message) type.getMethod("getDefaultInstance").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private void readComment(FileDescriptor file, Location location) {
    String text = location.getLeadingComments().strip().replaceAll("\\s*\\n\\s*", " ");
    List<Integer> path = new ArrayList<>(location.getPathList());
    if (text.isEmpty() || path.size() % 2 != 0) {
      return;
    }
    // Paths are pairs of field number and index in FileDescriptorProto: 4 messages, 5 enums; in
    // those, 2 is a field or a value.
    int index = path.get(1);
    boolean isMessage = path.get(0) == 4;
    if (path.size() == 2) {
      comments.put(
          isMessage
              ? file.getMessageTypes().get(index).getFullName()
              : file.getEnumTypes().get(index).getFullName(),
          text);
    } else if (path.size() == 4 && path.get(2) == 2) {
      comments.put(
          isMessage
              ? file.getMessageTypes().get(index).getFields().get(path.get(3)).getFullName()
              : file.getEnumTypes().get(index).getValues().get(path.get(3)).getFullName(),
          text);
    }
  }
}
