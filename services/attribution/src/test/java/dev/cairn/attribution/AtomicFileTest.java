package dev.cairn.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path directory;

  @Test
  void a_full_disk_leaves_the_old_content_and_says_how_to_go_on() throws IOException {
    Path file = directory.resolve("matrix.npy");
    Files.writeString(file, "old");

    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    channel -> {
                      AtomicFile.writeFully(channel, ByteBuffer.allocate(100));
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(StorageException.class)
        .hasMessage(
            "cannot write %s: No space left on device; free space on that disk and run the same"
                    .formatted(file)
                + " command again; finished parts are kept");

    assertThat(file).hasContent("old");
    assertThat(directory.toFile().list()).containsExactly("matrix.npy");
  }

  @Test
  void a_directory_that_cannot_be_made_is_named() throws IOException {
    Path blocked = directory.resolve("file");
    Files.writeString(blocked, "");
    assertThatThrownBy(() -> AtomicFile.write(blocked.resolve("sub/x"), new byte[1]))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith("cannot write " + blocked.resolve("sub/x") + ": ");
  }
}
