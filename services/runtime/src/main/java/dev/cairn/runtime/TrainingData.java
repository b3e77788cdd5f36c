package dev.cairn.runtime;

import dev.cairn.attribution.Example;
import dev.cairn.runtime.data.ArraySidecars;
import dev.cairn.runtime.data.DataException;
import dev.cairn.runtime.data.Entry;
import dev.cairn.runtime.data.Picture;
import dev.cairn.runtime.data.PictureSet;
import dev.cairn.runtime.data.PictureSets;
import dev.cairn.runtime.onnx.ModelDigest;
import dev.cairn.runtime.pipeline.ImageEncoder;
import dev.cairn.runtime.pipeline.TextEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Training examples for a bundle: pictures of any kind that {@link PictureSets} knows, or {@code
 * images.npy} of floats in the model's own scale. A latent pipeline's pictures go through its image
 * encoder, captions through its text encoder; any input of the model may come as {@code INPUT.npy}.
 *
 * <p>Nothing but names, labels and captions is held in memory. Any number of threads may read.
 */
public final class TrainingData implements AutoCloseable {

  private static final String IMAGES = "images.npy";
  private static final List<String> CLASS_INPUTS = List.of("class_labels", "class_label", "labels");
  private static final String TEXT_INPUT = "encoder_hidden_states";

  private final ExampleImages images;
  private final Map<String, ExampleInput> inputs;
  private final TextEncoder textEncoder;
  private final List<Entry> entries;
  private final List<Example> examples;

  private TrainingData(
      ExampleImages images,
      Map<String, ExampleInput> inputs,
      TextEncoder textEncoder,
      List<Entry> entries) {
    this.images = images;
    this.inputs = inputs;
    this.textEncoder = textEncoder;
    this.entries = entries;
    this.examples = entries.stream().map(Entry::example).toList();
  }

  /** Opens training examples as {@link #open(Path, ModelBundle, DataOptions)} does by default. */
  public static TrainingData open(Path data, ModelBundle bundle) {
    return open(data, bundle, DataOptions.defaults());
  }

  /**
   * Opens training examples.
   *
   * @param data a directory or a file
   * @throws BundleException if something is missing, is shaped unlike the model's input, or holds
   *     values that are not finite
   */
  public static TrainingData open(Path data, ModelBundle bundle, DataOptions options) {
    Path directory = Files.isDirectory(data) ? data : data.toAbsolutePath().getParent();
    try {
      PictureSet pictures = PictureSets.open(data, options.images()).orElse(null);
      ExampleImages images;
      List<Entry> entries;
      if (pictures == null) {
        Path file = Files.isDirectory(data) ? data.resolve(IMAGES) : data;
        RowFile rows = RowFile.open(file, bundle.model().signature().sample().shape());
        images = ExampleImages.rows(rows);
        entries = ArraySidecars.entries(directory, rows.rows());
      } else {
        images = images(pictures, bundle, options);
        entries = pictures.entries();
      }
      return opened(new Opening(bundle, directory, entries), images);
    } catch (DataException e) {
      throw new BundleException(e.getMessage(), e);
    }
  }

  private static TrainingData opened(Opening opening, ExampleImages images) {
    try {
      return opening.with(images);
    } catch (RuntimeException e) {
      images.close();
      throw e;
    }
  }

  private static ExampleImages images(
      PictureSet pictures, ModelBundle bundle, DataOptions options) {
    List<Integer> shape = bundle.model().signature().sample().shape();
    if (shape.size() == 3 && ImageEncoder.in(bundle.directory())) {
      return ExampleImages.latents(
          pictures,
          ImageEncoder.open(bundle.directory(), shape, options.latents(), options.seed()));
    }
    if (shape.size() != 3 || (shape.getFirst() != 1 && shape.getFirst() != 3)) {
      throw new BundleException(
          "%s: takes samples of %s, which pictures do not have, and the bundle has no vae_encoder; export one, or give images.npy of floats"
              .formatted(bundle.model().path(), shape));
    }
    return ExampleImages.pixels(pictures, shape);
  }

  /** Finds where each conditioning input comes from. */
  private record Opening(ModelBundle bundle, Path directory, List<Entry> entries) {

    TrainingData with(ExampleImages images) {
      Map<String, ExampleInput> inputs = new TreeMap<>();
      TextEncoder textEncoder = null;
      for (ModelInput input : bundle.model().signature().conditioning()) {
        Path file = directory.resolve(input.name() + ".npy");
        if (Files.isRegularFile(file)) {
          inputs.put(input.name(), ExampleInput.rows(rows(file, input)));
        } else if (input.name().equals(TEXT_INPUT) && TextEncoder.in(bundle.directory())) {
          textEncoder = TextEncoder.open(bundle.directory());
          inputs.put(input.name(), ExampleInput.captions(entries, textEncoder));
        } else if (CLASS_INPUTS.contains(input.name()) && input.elements() == 1) {
          inputs.put(input.name(), ExampleInput.classes(withClasses(input)));
        } else {
          throw new BundleException(
              "%s: no such file; the model takes rows of shape %s as its input %s"
                  .formatted(file, input.shape(), input.name()));
        }
      }
      return new TrainingData(images, inputs, textEncoder, entries);
    }

    private RowFile rows(Path file, ModelInput input) {
      RowFile rows = RowFile.open(file, input.shape());
      rows.requireRows(entries.size(), IMAGES);
      return rows;
    }

    private List<Entry> withClasses(ModelInput input) {
      for (Entry entry : entries) {
        if (entry.classIndex() == Entry.NO_CLASS) {
          throw new BundleException(
              "%s: example %s has no class, which the model takes as its input %s"
                  .formatted(directory, entry.example().id(), input.name()));
        }
      }
      return entries;
    }
  }

  /** Returns the number of examples (n). */
  public int size() {
    return entries.size();
  }

  public List<Example> examples() {
    return examples;
  }

  /** Returns the captions of example i, which may be none. */
  public List<String> captions(int i) {
    return entries.get(i).captions();
  }

  /** Returns x_0 of example i as the denoiser takes it (an image or a latent), flattened. */
  public float[] image(int i) {
    return images.x0(i);
  }

  /** Returns example i as it was before it was resized and encoded, where it is a picture. */
  public Optional<Picture> picture(int i) {
    return images.picture(i);
  }

  /** Returns the further inputs of example i by name, flattened; of its captions, the first. */
  public Map<String, float[]> conditioning(int i) {
    return conditioning(i, 0);
  }

  /** Returns the further inputs of example i, once for each of its captions; at least one. */
  public List<Map<String, float[]>> conditionings(int i) {
    int variants = inputs.values().stream().mapToInt(input -> input.variants(i)).max().orElse(1);
    List<Map<String, float[]>> all = new ArrayList<>(variants);
    for (int variant = 0; variant < variants; variant++) {
      all.add(conditioning(i, variant));
    }
    return all;
  }

  private Map<String, float[]> conditioning(int i, int variant) {
    Map<String, float[]> row = new HashMap<>();
    inputs.forEach((name, input) -> row.put(name, input.value(i, variant)));
    return row;
  }

  /** Returns the SHA-256 over the digests of all that features depend on, hexadecimal. */
  public String digest() {
    MessageDigest digest = ModelDigest.sha256();
    digest.update(images.digest().getBytes(StandardCharsets.US_ASCII));
    for (Map.Entry<String, ExampleInput> input : inputs.entrySet()) {
      digest.update(input.getKey().getBytes(StandardCharsets.UTF_8));
      digest.update(input.getValue().digest().getBytes(StandardCharsets.US_ASCII));
    }
    for (Entry entry : inputs.isEmpty() ? List.<Entry>of() : entries) {
      entry.captions().forEach(text -> digest.update(text.getBytes(StandardCharsets.UTF_8)));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void close() {
    images.close();
    if (textEncoder != null) {
      textEncoder.close();
    }
  }
}
