package dev.cairn.schemas.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.TextFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checker itself, against descriptors broken on purpose. */
class ComparisonTest {

  private static final String BASELINE =
      """
      file {
        name: "p/t.proto" package: "p"
        message_type {
          name: "Step"
          field { name: "id" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING json_name: "id" }
          field { name: "shape" number: 2 label: LABEL_REPEATED type: TYPE_INT64 json_name: "shape" }
          field { name: "kind" number: 3 label: LABEL_OPTIONAL type: TYPE_ENUM type_name: ".p.Kind" json_name: "kind" }
          reserved_range { start: 7 end: 8 }
        }
        message_type { name: "Last" }
        enum_type {
          name: "Kind"
          value { name: "NONE" number: 0 }
          value { name: "ONE" number: 1 }
        }
      }
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          field { name: "id" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING json_name: "id" } |                                                                                    | field p.Step.id = 1 was removed
          name: "id" number: 1                                                                   | name: "id" number: 4                                                               | field p.Step.id was renumbered from 1 to 4
          name: "id" number: 1                                                                   | name: "uid" number: 1                                                              | field p.Step.id = 1 was renamed to uid, which breaks JSON
          type: TYPE_STRING                                                                      | type: TYPE_BYTES                                                                   | field p.Step.id was retyped from string to bytes
          number: 1 label: LABEL_OPTIONAL                                                        | number: 1 label: LABEL_REPEATED                                                    | field p.Step.id was retyped from string to repeated string
          number: 1 label: LABEL_OPTIONAL                                                        | number: 1 proto3_optional: true oneof_index: 0                                     | field p.Step.id was retyped from string to optional string
          type: TYPE_INT64                                                                       | type: TYPE_INT32                                                                   | field p.Step.shape was retyped from repeated int64 to repeated int32
          type_name: ".p.Kind"                                                                   | type_name: ".p.Sort"                                                               | field p.Step.kind was retyped from p.Kind to p.Sort
          json_name: "id"                                                                        | json_name: "ID"                                                                    | field p.Step.id changed its JSON name from id to ID
          message_type { name: "Last" }                                                          |                                                                                    | message p.Last was removed
          reserved_range { start: 7 end: 8 }                                                     |                                                                                    | p.Step no longer reserves the number 7, which old records carry
          value { name: "ONE" number: 1 }                                                        |                                                                                    | value p.Kind.ONE = 1 was removed
          name: "ONE" number: 1                                                                  | name: "ONE" number: 2                                                              | value p.Kind.ONE was renumbered from 1 to 2
          name: "ONE" number: 1                                                                  | name: "UNO" number: 1                                                              | value p.Kind.ONE = 1 was renamed to UNO, which breaks JSON
          name: "Kind"                                                                           | name: "Sort"                                                                       | enum p.Kind was removed
          """)
  void a_broken_reader_is_told_in_one_sentence(String part, String replacement, String sentence)
      throws Exception {
    // Given
    assertThat(BASELINE).contains(part);
    FileDescriptorSet broken =
        parse(
            BASELINE.replaceFirst(
                java.util.regex.Pattern.quote(part), replacement == null ? "" : replacement));

    // When
    Comparison comparison = Comparison.of(parse(BASELINE), broken);

    // Then
    assertThat(comparison.breaking()).containsExactly(sentence);
  }

  @Test
  void two_fields_that_swap_their_numbers_are_both_reported() throws Exception {
    // Given
    FileDescriptorSet swapped =
        parse(
            BASELINE
                .replace("number: 1 label", "number: X label")
                .replace("number: 2", "number: 1")
                .replace("number: X", "number: 2"));

    // When
    Comparison comparison = Comparison.of(parse(BASELINE), swapped);

    // Then
    assertThat(comparison.breaking())
        .containsExactly(
            "field p.Step.id was renumbered from 1 to 2",
            "field p.Step.shape was renumbered from 2 to 1");
  }

  @Test
  void what_is_added_breaks_nobody_and_is_listed() throws Exception {
    // Given
    FileDescriptorSet extended =
        parse(
            BASELINE
                .replace(
                    "reserved_range",
                    "field { name: \"more\" number: 4 label: LABEL_OPTIONAL type: TYPE_BOOL json_name: \"more\" } reserved_range")
                .replace(
                    "value { name: \"ONE\"",
                    "value { name: \"TWO\" number: 2 } value { name: \"ONE\"")
                .replace(
                    "message_type { name: \"Last\" }",
                    "message_type { name: \"Last\" } message_type { name: \"New\" }"));

    // When
    Comparison comparison = Comparison.of(parse(BASELINE), extended);

    // Then
    assertThat(comparison.breaking()).isEmpty();
    assertThat(comparison.additions())
        .containsExactlyInAnyOrder("p.Step.more", "p.Kind.TWO", "p.New");
  }

  @Test
  void comments_and_order_do_not_matter() throws Exception {
    // Given
    FileDescriptorSet same = parse(BASELINE + "file { name: \"p/empty.proto\" package: \"p\" }");

    // Then
    assertThat(Comparison.of(parse(BASELINE), same))
        .isEqualTo(new Comparison(java.util.List.of(), java.util.List.of()));
  }

  private static FileDescriptorSet parse(String text) throws Exception {
    FileDescriptorSet.Builder set = FileDescriptorSet.newBuilder();
    TextFormat.merge(text, set);
    return set.build();
  }
}
