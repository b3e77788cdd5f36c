package dev.cairn.validation;

import dev.cairn.attribution.Npy;
import dev.cairn.attribution.NpyException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which examples are known to carry a wrong label. */
final class Mislabelled {
  private Mislabelled() {}

  /**
   * @return indices of the examples, neither none nor all
   * @throws ValidationException if the file does not fit
   */
  static Set<Integer> read(Path file, int examples) {
    long[] values;
    try {
      values = Npy.readIntegers(file).data();
    } catch (NpyException e) {
      throw new ValidationException(e.getMessage(), e);
    }
    Set<Integer> noisy =
        IntStream.range(0, values.length)
            .filter(i -> values[i] != 0)
            .boxed()
            .collect(Collectors.toSet());
    if (values.length != examples || noisy.isEmpty() || noisy.size() == examples) {
      throw new ValidationException(
          "%s: has %d values, %d of them true; give one an example, %d, some true and some not"
              .formatted(file, values.length, noisy.size(), examples));
    }
    return noisy;
  }
}
