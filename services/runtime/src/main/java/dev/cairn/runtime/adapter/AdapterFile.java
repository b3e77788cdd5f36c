package dev.cairn.runtime.adapter;

import dev.cairn.runtime.adapter.LowRankPair.Factor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the low-rank pairs of an adapter's file. */
final class AdapterFile {

  private final Safetensors tensors;
  private final Map<String, Factor> downs = new LinkedHashMap<>();
  private final Map<String, Factor> ups = new LinkedHashMap<>();
  private final Map<String, Double> alphas = new LinkedHashMap<>();

  private AdapterFile(Safetensors tensors) {
    this.tensors = tensors;
  }

  /**
   * The pairs of an adapter, in the file's order.
   *
   * @throws AdapterException if anything in it is not understood, or does not fit together
   */
  static List<LowRankPair> read(Path file) {
    AdapterFile adapter = new AdapterFile(Safetensors.open(file));
    adapter.tensors.entries().forEach(adapter::sort);
    return adapter.pairs();
  }

  private void sort(String name, Safetensors.Entry entry) {
    if (AdapterKey.isOfTextEncoder(name)) {
      throw refused(
          "'%s' adapts the text encoder; export that with the adapter merged, and save the"
              + " denoiser's part alone",
          name);
    }
    AdapterKey key =
        AdapterKey.parse(name)
            .orElseThrow(
                () ->
                    refused(
                        "'%s' is no factor of a low-rank adapter; of the kinds of adapters only"
                            + " plain LoRA is supported (no DoRA, no LoHa, no biases)",
                        name));
    switch (key.role()) {
      case DOWN -> downs.put(key.module(), new Factor(entry.shape(), entry.floats()));
      case UP -> ups.put(key.module(), new Factor(entry.shape(), entry.floats()));
      case ALPHA -> alphas.put(key.module(), alpha(name, entry));
    }
  }

  private double alpha(String name, Safetensors.Entry entry) {
    float[] values = entry.floats();
    if (values.length != 1) {
      throw refused("'%s' has %d elements, a scale has one", name, values.length);
    }
    return values[0];
  }

  private List<LowRankPair> pairs() {
    if (downs.isEmpty()) {
      throw refused("holds no factors of a low-rank adapter");
    }
    ups.keySet().stream()
        .filter(module -> !downs.containsKey(module))
        .findFirst()
        .ifPresent(module -> refuseHalf(module, "A"));
    AdapterScale scale = alphas.isEmpty() ? AdapterScale.of(tensors) : null;
    List<LowRankPair> pairs = new ArrayList<>();
    downs.forEach((module, down) -> pairs.add(pair(module, down, scale)));
    return pairs;
  }

  private LowRankPair pair(String module, Factor down, AdapterScale scale) {
    Factor up = ups.get(module);
    if (up == null) {
      refuseHalf(module, "B");
    }
    int rank = down.shape().length < 2 ? 0 : Math.toIntExact(down.shape()[0]);
    if (rank == 0 || up.shape().length < 2 || up.perRow() != rank) {
      throw refused(
          "the ranks of %s differ: A has shape %s, B has %s",
          module, shape(down.shape()), shape(up.shape()));
    }
    double alpha = alphas.getOrDefault(module, (double) rank);
    return new LowRankPair(module, down, up, scale == null ? alpha / rank : scale.of(module, rank));
  }

  private void refuseHalf(String module, String missing) {
    throw refused("%s has no factor %s; save the adapter again", module, missing);
  }

  static String shape(long[] shape) {
    return java.util.Arrays.toString(shape);
  }

  private AdapterException refused(String problem, Object... arguments) {
    return new AdapterException(tensors.file() + ": " + problem.formatted(arguments));
  }
}
