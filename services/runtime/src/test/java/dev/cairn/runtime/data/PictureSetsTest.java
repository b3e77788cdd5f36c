package dev.cairn.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.attribution.Npy;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureSetsTest {

  @TempDir Path temp;

  @Test
  void a_folder_gives_classes_by_sub_folder_and_captions_by_metadata_or_text_files()
      throws IOException {
    // Given
    write("cat/b.png", png(0xFF0000));
    write("cat/a.png", png(0x00FF00));
    write("dog/c.jpg", png(0x0000FF));
    write("dog/c.txt", "a dog\n\na small dog\n".getBytes(StandardCharsets.UTF_8));
    write(
        "metadata.jsonl",
        "{\"file_name\": \"cat/a.png\", \"text\": \"a cat\"}\n".getBytes(StandardCharsets.UTF_8));

    // When
    PictureSet set = open(temp);

    // Then
    assertThat(set.entries())
        .extracting(entry -> entry.example().id())
        .containsExactly("cat/a.png", "cat/b.png", "dog/c.jpg");
    assertThat(set.entries())
        .extracting(entry -> entry.example().label())
        .containsExactly("cat", "cat", "dog");
    assertThat(set.entries()).extracting(Entry::classIndex).containsExactly(0, 0, 1);
    assertThat(set.entries())
        .extracting(Entry::captions)
        .containsExactly(List.of("a cat"), List.of(), List.of("a dog", "a small dog"));
    assertThat(set.picture(1).samples()).startsWith(255, 0, 0);
    assertThat(set.files()).hasSize(5);
  }

  @Test
  void coco_gives_several_captions_a_picture() throws IOException {
    // Given
    write("train2017/7.png", png(0x010203));
    write(
        "annotations/captions_train2017.json",
        """
        {"info": {"year": 2017},
         "images": [{"id": 7, "file_name": "7.png", "width": 2}],
         "annotations": [{"image_id": 7, "id": 1, "caption": "one "},
                         {"image_id": 7, "id": 2, "caption": "two"}]}
        """
            .getBytes(StandardCharsets.UTF_8));

    // When
    PictureSet set = open(temp.resolve("annotations/captions_train2017.json"));

    // Then
    assertThat(set.entries().getFirst().captions()).containsExactly("one", "two");
    assertThat(set.entries().getFirst().example().id()).isEqualTo("7");
    assertThat(set.picture(0).samples()).startsWith(1, 2, 3);
  }

  @Test
  void coco_without_its_pictures_says_where_it_looked() throws IOException {
    write(
        "captions_val.json",
        "{\"images\": [{\"id\": 1, \"file_name\": \"1.png\"}], \"annotations\": []}"
            .getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> open(temp.resolve("captions_val.json")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("--images");
  }

  @Test
  void a_web_dataset_joins_members_of_one_name() throws IOException {
    // Given
    Path shard = temp.resolve("shard-000.tar");
    try (var tar = new TarArchiveOutputStream(Files.newOutputStream(shard))) {
      add(tar, "one.png", png(0x0A0B0C));
      add(
          tar,
          "one.json",
          "{\"caption\": \"first\", \"label\": \"x\"}".getBytes(StandardCharsets.UTF_8));
      add(tar, "two.txt", "second".getBytes(StandardCharsets.UTF_8));
      add(tar, "two.png", png(0xFFFFFF));
      add(tar, "two.cls", "3".getBytes(StandardCharsets.UTF_8));
      add(tar, "no-picture.txt", "third".getBytes(StandardCharsets.UTF_8));
    }

    // When
    PictureSet set = open(temp);

    // Then
    assertThat(set.entries()).extracting(e -> e.example().id()).containsExactly("one", "two");
    assertThat(set.entries())
        .extracting(Entry::captions)
        .containsExactly(List.of("first"), List.of("second"));
    assertThat(set.entries()).extracting(e -> e.example().label()).containsExactly("x", "3");
    assertThat(set.picture(0).samples()).startsWith(10, 11, 12);
  }

  @Test
  void idx_is_read_plain_and_packed() throws IOException {
    // Given
    byte[] pictures =
        ByteBuffer.allocate(16 + 12)
            .putInt(0x0803)
            .putInt(2)
            .putInt(2)
            .putInt(3)
            .put(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, (byte) 255})
            .array();
    byte[] labels = ByteBuffer.allocate(10).putInt(0x0801).putInt(2).put(new byte[] {1, 0}).array();
    write("train-images-idx3-ubyte.gz", packed(pictures));
    write("train-labels-idx1-ubyte", labels);
    write("labels.txt", "shirt\nshoe\n".getBytes(StandardCharsets.UTF_8));

    // When
    PictureSet set = open(temp);

    // Then
    assertThat(set.entries()).extracting(e -> e.example().label()).containsExactly("shoe", "shirt");
    assertThat(set.picture(1).samples()).containsExactly(7, 8, 9, 10, 11, 255);
    assertThat(set.picture(1).width()).isEqualTo(3);
  }

  @Test
  void a_truncated_idx_file_is_refused() throws IOException {
    write("images-idx3-ubyte", ByteBuffer.allocate(20).putInt(0x0803).putInt(9).array());

    assertThatThrownBy(() -> open(temp.resolve("images-idx3-ubyte")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("images-idx3-ubyte: 20 bytes long");
  }

  @Test
  void cifar_batches_follow_one_another() throws IOException {
    // Given
    for (int batch = 1; batch <= 2; batch++) {
      byte[] record = new byte[3073];
      record[0] = (byte) batch;
      record[1] = 11; // red of the first pixel
      record[1 + 1024] = 12;
      record[1 + 2048] = (byte) (12 + batch);
      write("data_batch_%d.bin".formatted(batch), record);
    }
    write("batches.meta.txt", "plane\ncar\nbird\n".getBytes(StandardCharsets.UTF_8));

    // When
    PictureSet set = open(temp);

    // Then
    assertThat(set.entries()).extracting(e -> e.example().label()).containsExactly("car", "bird");
    assertThat(set.picture(1).samples()).startsWith(11, 12, 14);
  }

  @Test
  void an_array_of_bytes_is_pictures_and_one_of_floats_is_not() throws IOException {
    // Given
    Path bytes = temp.resolve("bytes/images.npy");
    write("bytes/images.npy", npyBytes("(2, 1, 1, 3)", new byte[] {1, 2, 3, 4, 5, 6}));
    write(
        "bytes/captions.jsonl", "\"one\"\n[\"two\", \"three\"]\n".getBytes(StandardCharsets.UTF_8));
    Npy.writeFloats(
        Files.createDirectories(temp.resolve("floats")).resolve("images.npy"),
        new int[] {1, 1, 2, 2},
        new float[4]);

    // Then
    assertThat(open(bytes.getParent()).entries())
        .extracting(Entry::captions)
        .containsExactly(List.of("one"), List.of("two", "three"));
    assertThat(open(bytes).picture(1).samples()).containsExactly(4, 5, 6);
    assertThat(PictureSets.open(temp.resolve("floats"), null)).isEmpty();
  }

  @Test
  void a_damaged_picture_is_named() throws IOException {
    write("a.png", new byte[] {1, 2, 3});

    PictureSet set = open(temp);

    assertThatThrownBy(() -> set.picture(0))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.png");
  }

  @Test
  void grey_pictures_keep_their_values() throws IOException {
    // Given
    BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(0, 0, 0, 77);
    write("grey.png", encoded(grey));

    // Then
    assertThat(open(temp).picture(0))
        .satisfies(picture -> assertThat(picture.samples()).containsExactly(77, 0));
  }

  private static PictureSet open(Path data) {
    return PictureSets.open(data, null).orElseThrow();
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = temp.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static byte[] png(int rgb) throws IOException {
    BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, rgb);
    return encoded(image);
  }

  private static byte[] encoded(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static byte[] packed(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    }
    return bytes.toByteArray();
  }

  private static byte[] npyBytes(String shape, byte[] data) {
    String header = "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }".formatted(shape);
    String padded = header + " ".repeat(118 - header.length() - 1) + "\n";
    return ByteBuffer.allocate(128 + data.length)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0})
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .put(data)
        .array();
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }
}
