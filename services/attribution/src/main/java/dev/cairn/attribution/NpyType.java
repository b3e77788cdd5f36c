package dev.cairn.attribution;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Element types of .npy files that are read: little-endian numbers and truth values. */
public enum NpyType {
  FLOAT32("<f4", 4, false) {
    @Override
    double read(ByteBuffer from) {
      return from.getFloat();
    }
  },
  FLOAT64("<f8", 8, false) {
    @Override
    double read(ByteBuffer from) {
      return from.getDouble();
    }
  },
  INT64("<i8", 8, true) {
    @Override
    double read(ByteBuffer from) {
      return readLong(from);
    }

    @Override
    long readLong(ByteBuffer from) {
      return from.getLong();
    }
  },
  INT32("<i4", 4, true) {
    @Override
    double read(ByteBuffer from) {
      return readLong(from);
    }

    @Override
    long readLong(ByteBuffer from) {
      return from.getInt();
    }
  },
  UINT8("|u1", 1, true) {
    @Override
    double read(ByteBuffer from) {
      return readLong(from);
    }

    @Override
    long readLong(ByteBuffer from) {
      return Byte.toUnsignedInt(from.get());
    }
  },
  BOOL("|b1", 1, true) {
    @Override
    double read(ByteBuffer from) {
      return readLong(from);
    }

    @Override
    long readLong(ByteBuffer from) {
      return from.get() == 0 ? 0 : 1;
    }
  };

  private final String descriptor;
  private final int bytes;
  private final boolean integer;

  NpyType(String descriptor, int bytes, boolean integer) {
    this.descriptor = descriptor;
    this.bytes = bytes;
    this.integer = integer;
  }

  /** NumPy's name for the type, for example {@code <f4}. */
  public String descriptor() {
    return descriptor;
  }

  /** Size of one element. */
  public int bytes() {
    return bytes;
  }

  /** Whether elements are whole numbers or truth values. */
  public boolean isInteger() {
    return integer;
  }

  abstract double read(ByteBuffer from);

  long readLong(ByteBuffer from) {
    throw new IllegalStateException(this + " holds no whole numbers");
  }

  static Optional<NpyType> of(String descriptor) {
    return Arrays.stream(values()).filter(type -> type.descriptor.equals(descriptor)).findFirst();
  }

  static String known() {
    return Arrays.stream(values()).map(NpyType::descriptor).collect(Collectors.joining(", "));
  }
}
