package dev.cairn.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules that protobuf's own style guide and common linters set, on every .proto file. */
class ProtoStyleTest {

  private final Protos protos = Protos.load();

  @Test
  void files_lie_in_the_directory_of_their_package_and_name_their_java_package() {
    for (FileDescriptor file : protos.files()) {
      assertThat(file.getPackage()).as(file.getName()).matches("cairn\\.v[0-9]+");
      assertThat(file.getName())
          .matches(file.getPackage().replace('.', '/') + "/[a-z]+(_[a-z]+)*\\.proto");
      assertThat(file.getOptions().getJavaPackage())
          .as(file.getName())
          .isEqualTo("dev.cairn.schemas." + file.getPackage().substring("cairn.".length()));
      assertThat(file.getOptions().getJavaMultipleFiles()).as(file.getName()).isTrue();
      assertThat(file.toProto().getSyntax()).as(file.getName()).isEqualTo("proto3");
    }
  }

  @Test
  void names_are_written_the_way_protobuf_writes_them() {
    for (Descriptor message : protos.messages()) {
      assertThat(message.getName()).matches("([A-Z][a-z0-9]+)+");
      for (FieldDescriptor field : message.getFields()) {
        assertThat(field.getName())
            .as(field.getFullName())
            .matches("[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*");
      }
    }
    for (EnumDescriptor values : protos.enums()) {
      assertThat(values.getName()).matches("([A-Z][a-z0-9]+)+");
      for (EnumValueDescriptor value : values.getValues()) {
        assertThat(value.getName()).as(value.getFullName()).matches("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");
      }
    }
  }

  @Test
  void the_zero_of_an_enum_means_that_nothing_was_said() {
    for (EnumDescriptor values : protos.enums()) {
      String prefix =
          values
              .getName()
              .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
              .toUpperCase(java.util.Locale.ROOT);
      assertThat(values.getValues().getFirst().getNumber()).isZero();
      assertThat(values.getValues().getFirst().getName()).isEqualTo(prefix + "_UNSPECIFIED");
    }
  }

  /** A gap is a number that was used once: unless it is reserved, somebody will use it again. */
  @Test
  void numbers_have_no_gap_that_is_not_reserved() {
    List<String> gaps = new ArrayList<>();
    for (Descriptor message : protos.messages()) {
      int last = message.getFields().stream().mapToInt(FieldDescriptor::getNumber).max().orElse(0);
      for (int number = 1; number <= last; number++) {
        if (message.findFieldByNumber(number) == null && !message.isReservedNumber(number)) {
          gaps.add(message.getFullName() + " = " + number);
        }
      }
    }
    for (EnumDescriptor values : protos.enums()) {
      int last = values.getValues().getLast().getNumber();
      for (int number = 0; number <= last; number++) {
        if (values.findValueByNumber(number) == null && !values.isReservedNumber(number)) {
          gaps.add(values.getFullName() + " = " + number);
        }
      }
      assertThat(values.toProto().getOptions().getAllowAlias()).as(values.getFullName()).isFalse();
    }
    assertThat(gaps).as("numbers that must be reserved").isEmpty();
  }

  @Test
  void every_message_and_every_enum_says_what_it_is() {
    assertThat(Stream.concat(protos.messages().stream(), protos.enums().stream()))
        .allSatisfy(type -> assertThat(protos.comment(type)).as(type.getFullName()).isNotEmpty());
  }
}
