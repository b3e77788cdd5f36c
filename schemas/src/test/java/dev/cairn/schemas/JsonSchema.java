package dev.cairn.schemas;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;

/** The JSON Schema (draft 7) of the messages' canonical JSON, derived from the .proto files. */
final class JsonSchema {

  /** Annotations such as contentEncoding are not checked by those who validate; a pattern is. */
  private static final String BASE64 =
      "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}(==)?|[A-Za-z0-9+/]{3}=?)?$";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Protos protos;

  JsonSchema(Protos protos) {
    this.protos = protos;
  }

  ObjectNode document() {
    ObjectNode document = MAPPER.createObjectNode();
    document.put("$schema", "http://json-schema.org/draft-07/schema#");
    document.put("title", "Canonical protobuf JSON of Cairn's messages");
    document.put("description", "Derived from the .proto files. Written by: " + Recorded.COMMAND);
    ObjectNode definitions = document.putObject("definitions");
    protos.enums().forEach(values -> definitions.set(values.getName(), schema(values)));
    protos.messages().forEach(message -> definitions.set(message.getName(), schema(message)));
    return document;
  }

  private ObjectNode schema(EnumDescriptor values) {
    ObjectNode schema = described(protos.comment(values)).put("type", "string");
    values.getValues().forEach(value -> schema.withArray("enum").add(value.getName()));
    return schema;
  }

  /** Unknown names are refused when JSON is read: they are misspelt far more often than new. */
  private ObjectNode schema(Descriptor message) {
    ObjectNode schema =
        described(protos.comment(message)).put("type", "object").put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    for (FieldDescriptor field : message.getFields()) {
      ObjectNode property = described(protos.comment(field));
      if (field.isMapField()) {
        property.put("type", "object");
        property.set(
            "additionalProperties", value(field.getMessageType().findFieldByName("value")));
      } else if (field.isRepeated()) {
        property.put("type", "array");
        property.set("items", value(field));
      } else {
        property.setAll(value(field));
      }
      properties.set(field.getJsonName(), property);
    }
    return schema;
  }

  private static ObjectNode value(FieldDescriptor field) {
    ObjectNode value = MAPPER.createObjectNode();
    return switch (field.getType()) {
      case STRING -> value.put("type", "string");
      case BOOL -> value.put("type", "boolean");
      case BYTES ->
          value.put("type", "string").put("contentEncoding", "base64").put("pattern", BASE64);
      case FLOAT, DOUBLE -> value.put("type", "number");
      case INT32, SINT32, SFIXED32 ->
          value
              .put("type", "integer")
              .put("minimum", Integer.MIN_VALUE)
              .put("maximum", Integer.MAX_VALUE);
      case UINT32, FIXED32 ->
          value.put("type", "integer").put("minimum", 0).put("maximum", 0xFFFF_FFFFL);
      // 64 bits do not fit a JavaScript number, so canonical JSON writes them as text.
      case INT64, SINT64, SFIXED64 -> value.put("type", "string").put("pattern", "^-?[0-9]+$");
      case UINT64, FIXED64 -> value.put("type", "string").put("pattern", "^[0-9]+$");
      case ENUM -> value.put("$ref", "#/definitions/" + field.getEnumType().getName());
      case MESSAGE -> value.put("$ref", "#/definitions/" + field.getMessageType().getName());
      case GROUP ->
          throw new IllegalArgumentException("Groups are not proto3: " + field.getFullName());
    };
  }

  private static ObjectNode described(String comment) {
    ObjectNode schema = MAPPER.createObjectNode();
    return comment.isEmpty() ? schema : schema.put("description", comment);
  }
}
