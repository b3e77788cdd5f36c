package dev.cairn.schemas.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.TextFormat;
import dev.cairn.schemas.Recorded;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The messages of today against those that are recorded as published. */
class BaselineTest {

  private static final Path BASELINE = Path.of("src/compatibility/baseline.txtpb");

  @Test
  void no_change_breaks_a_reader_and_everything_new_is_recorded() throws Exception {
    // Given
    FileDescriptorSet current = withoutComments(compiled());
    FileDescriptorSet.Builder baseline = FileDescriptorSet.newBuilder();
    TextFormat.merge(
        Recorded.text(BASELINE, TextFormat.printer().printToString(current)), baseline);

    // When
    Comparison comparison = Comparison.of(baseline.build(), current);

    // Then
    assertThat(comparison.breaking())
        .as(
            "Changes that break readers of published messages. Undo them, and add a new field or message instead.")
        .isEmpty();
    assertThat(comparison.additions())
        .as("New and not in the baseline, so not protected yet. Record them: " + Recorded.COMMAND)
        .isEmpty();
  }

  private static FileDescriptorSet compiled() throws Exception {
    try (InputStream in = BaselineTest.class.getResourceAsStream("/cairn/v1/cairn.protoset")) {
      return FileDescriptorSet.parseFrom(in);
    }
  }

  private static FileDescriptorSet withoutComments(FileDescriptorSet set) {
    FileDescriptorSet.Builder bare = FileDescriptorSet.newBuilder();
    set.getFileList().forEach(file -> bare.addFile(file.toBuilder().clearSourceCodeInfo()));
    return bare.build();
  }
}
