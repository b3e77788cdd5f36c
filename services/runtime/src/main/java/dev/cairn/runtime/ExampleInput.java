package dev.cairn.runtime;

import dev.cairn.runtime.data.Entry;
import dev.cairn.runtime.pipeline.TextEncoder;
import java.util.List;

/** Where one conditioning input of training examples comes from. */
interface ExampleInput {

  /** Returns how many values an example has: its captions, or 1. */
  default int variants(int i) {
    return 1;
  }

  /** Returns a value of example i, flattened. */
  float[] value(int i, int variant);

  /** Returns the SHA-256 over everything that values depend on besides the data, hexadecimal. */
  String digest();

  /** Rows of a file. */
  static ExampleInput rows(RowFile rows) {
    return new ExampleInput() {
      @Override
      public float[] value(int i, int variant) {
        return rows.row(i);
      }

      @Override
      public String digest() {
        return rows.digest();
      }
    };
  }

  /** Encoded captions; an example without any has the empty one, as a pipeline without a prompt. */
  static ExampleInput captions(List<Entry> entries, TextEncoder encoder) {
    return new ExampleInput() {
      @Override
      public int variants(int i) {
        return Math.max(1, entries.get(i).captions().size());
      }

      @Override
      public float[] value(int i, int variant) {
        List<String> captions = entries.get(i).captions();
        return encoder.encode(captions.isEmpty() ? "" : captions.get(variant));
      }

      @Override
      public String digest() {
        return encoder.digest();
      }
    };
  }

  /** The number of the example's class. */
  static ExampleInput classes(List<Entry> entries) {
    return new ExampleInput() {
      @Override
      public float[] value(int i, int variant) {
        return new float[] {entries.get(i).classIndex()};
      }

      @Override
      public String digest() {
        return "classes";
      }
    };
  }
}
