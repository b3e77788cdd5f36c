package dev.cairn.runtime;

import dev.cairn.runtime.data.Picture;
import dev.cairn.runtime.data.PictureSet;
import dev.cairn.runtime.data.PictureTensor;
import dev.cairn.runtime.onnx.ModelDigest;
import dev.cairn.runtime.pipeline.ImageEncoder;
import java.util.List;
import java.util.Optional;

/** Where the x_0 of training examples come from; one at a time, from any thread. */
interface ExampleImages extends AutoCloseable {

  /** Returns x_0 of example i as the denoiser takes it, flattened. */
  float[] x0(int i);

  /** Returns example i as a person would look at it, where it is a picture. */
  default Optional<Picture> picture(int i) {
    return Optional.empty();
  }

  /** Returns the SHA-256 over everything that x_0 depends on, hexadecimal. */
  String digest();

  @Override
  default void close() {}

  /** Rows in the model's own scale. */
  static ExampleImages rows(RowFile rows) {
    return new ExampleImages() {
      @Override
      public float[] x0(int i) {
        return rows.row(i);
      }

      @Override
      public String digest() {
        return rows.digest();
      }
    };
  }

  /** Pictures, resized and scaled to [−1, 1]. */
  static ExampleImages pixels(PictureSet set, List<Integer> shape) {
    return new ExampleImages() {
      @Override
      public float[] x0(int i) {
        return PictureTensor.of(set.picture(i), shape.get(0), shape.get(1), shape.get(2));
      }

      @Override
      public Optional<Picture> picture(int i) {
        return Optional.of(set.picture(i));
      }

      @Override
      public String digest() {
        return ModelDigest.over(set.files().stream());
      }
    };
  }

  /** Latents of such pictures. */
  static ExampleImages latents(PictureSet set, ImageEncoder encoder) {
    ExampleImages pixels = pixels(set, encoder.imageShape());
    return new ExampleImages() {
      @Override
      public float[] x0(int i) {
        return encoder.encode(set.entries().get(i).example().id(), pixels.x0(i));
      }

      @Override
      public Optional<Picture> picture(int i) {
        return pixels.picture(i);
      }

      @Override
      public String digest() {
        return pixels.digest() + encoder.digest();
      }

      @Override
      public void close() {
        encoder.close();
      }
    };
  }
}
