package dev.cairn.schemas.compatibility;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What a descriptor set promises to its readers: numbered members of messages and enums, by the
 * full name of their owner.
 */
record Declarations(Map<String, Declaration> byName) {

  enum Kind {
    MESSAGE,
    ENUM
  }

  /** A message with its fields, or an enum with its values. */
  record Declaration(Kind kind, Map<Integer, Member> members, Set<Integer> reserved) {}

  /** A field or an enum value; type is empty for a value. */
  record Member(String name, String jsonName, String type) {}

  static Declarations of(FileDescriptorSet set) {
    Map<String, Declaration> found = new TreeMap<>();
    set.getFileList()
        .forEach(
            file -> {
              file.getMessageTypeList().forEach(message -> add(found, file.getPackage(), message));
              file.getEnumTypeList().forEach(values -> add(found, file.getPackage(), values));
            });
    return new Declarations(found);
  }

  private static void add(Map<String, Declaration> found, String scope, DescriptorProto message) {
    String name = scope + "." + message.getName();
    Map<Integer, Member> fields = new TreeMap<>();
    message
        .getFieldList()
        .forEach(
            field ->
                fields.put(
                    field.getNumber(),
                    new Member(field.getName(), field.getJsonName(), type(message, field))));
    Set<Integer> reserved = new TreeSet<>();
    // The end of a message's reserved range is exclusive, that of an enum's is inclusive.
    message
        .getReservedRangeList()
        .forEach(range -> IntStream.range(range.getStart(), range.getEnd()).forEach(reserved::add));
    found.put(name, new Declaration(Kind.MESSAGE, fields, reserved));
    message.getNestedTypeList().forEach(nested -> add(found, name, nested));
    message.getEnumTypeList().forEach(nested -> add(found, name, nested));
  }

  private static void add(
      Map<String, Declaration> found, String scope, EnumDescriptorProto values) {
    Map<Integer, Member> members = new TreeMap<>();
    values
        .getValueList()
        .forEach(value -> members.put(value.getNumber(), new Member(value.getName(), "", "")));
    Set<Integer> reserved = new TreeSet<>();
    values
        .getReservedRangeList()
        .forEach(
            range ->
                IntStream.rangeClosed(range.getStart(), range.getEnd()).forEach(reserved::add));
    found.put(scope + "." + values.getName(), new Declaration(Kind.ENUM, members, reserved));
  }

  private static String type(DescriptorProto message, FieldDescriptorProto field) {
    String type =
        field.getType() == FieldDescriptorProto.Type.TYPE_MESSAGE
                || field.getType() == FieldDescriptorProto.Type.TYPE_ENUM
            ? field.getTypeName().substring(1)
            : field.getType().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT);
    if (field.getLabel() == Label.LABEL_REPEATED) {
      return "repeated " + type;
    }
    if (field.getProto3Optional()) {
      return "optional " + type;
    }
    return field.hasOneofIndex()
        ? type + " in oneof " + message.getOneofDecl(field.getOneofIndex()).getName()
        : type;
  }
}
