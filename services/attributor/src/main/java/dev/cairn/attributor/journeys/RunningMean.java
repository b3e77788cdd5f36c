package dev.cairn.attributor.journeys;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.cairn.attributor.events.Tensors;
import dev.cairn.schemas.v1.Features;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Collection;
import java.util.TreeSet;

/**
 * A mean of features that is being gathered, as the state store keeps it: what was added, by
 * number, so that a repeated record counts once; their sum; and the message to be emitted, without
 * its vector.
 */
final class RunningMean {
  private static final byte VERSION = 1;

  private final Features about;
  private final BitSet added;
  private final VectorSum sum;
  private final long touchedMillis;

  private RunningMean(Features about, BitSet added, VectorSum sum, long touchedMillis) {
    this.about = about;
    this.added = added;
    this.sum = sum;
    this.touchedMillis = touchedMillis;
  }

  /**
   * Nothing added yet.
   *
   * @param about what the mean will be said to be of; carries no vector
   */
  static RunningMean of(Features about, int dimension) {
    return new RunningMean(about, new BitSet(), new VectorSum(dimension), 0);
  }

  /**
   * With one more vector.
   *
   * @param number of the vector among those of this mean
   * @param from the features that it comes from, whose timesteps, time and (shared) tags are noted
   * @return the same mean if that number was added before
   */
  RunningMean with(int number, float[] vector, Features from, long nowMillis) {
    if (added.get(number)) {
      return this;
    }
    BitSet more = (BitSet) added.clone();
    more.set(number);
    sum.add(vector);
    Collection<Integer> timesteps = new TreeSet<>(about.getProvenance().getTimestepsList());
    timesteps.addAll(from.getProvenance().getTimestepsList());
    Features.Builder next = about.toBuilder();
    next.getProvenanceBuilder().clearTimesteps().addAllTimesteps(timesteps);
    next.setSourceTimeMicros(Math.max(about.getSourceTimeMicros(), from.getSourceTimeMicros()));
    return new RunningMean(next.build(), more, sum, nowMillis);
  }

  int count() {
    return added.cardinality();
  }

  int dimension() {
    return sum.dimension();
  }

  Features about() {
    return about;
  }

  /** When something was last added, by the wall clock. */
  long touchedMillis() {
    return touchedMillis;
  }

  /** The mean, ready to be published. */
  Features mean() {
    float[] mean = sum.mean(count());
    return about.toBuilder()
        .setFeatures(Tensors.of(mean, mean.length))
        .setAveraged(count())
        .build();
  }

  byte[] toBytes() {
    byte[] message = about.toByteArray();
    byte[] numbers = added.toByteArray();
    ByteBuffer out =
        ByteBuffer.allocate(
            1 + Long.BYTES + 2 * Integer.BYTES + message.length + numbers.length + sum.bytes());
    out.put(VERSION).putLong(touchedMillis);
    out.putInt(message.length).put(message);
    out.putInt(numbers.length).put(numbers);
    sum.write(out);
    return out.array();
  }

  /**
   * @throws IllegalStateException if a later version of the program wrote these bytes
   */
  static RunningMean fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    byte version = in.get();
    if (version != VERSION) {
      throw new IllegalStateException(
          "state of version %d; this program knows version %d".formatted(version, VERSION));
    }
    long touchedMillis = in.getLong();
    try {
      Features about = Features.parseFrom(take(in));
      BitSet added = BitSet.valueOf(take(in));
      return new RunningMean(about, added, VectorSum.read(in), touchedMillis);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("state that is no features", e);
    }
  }

  private static byte[] take(ByteBuffer in) {
    byte[] part = new byte[in.getInt()];
    in.get(part);
    return part;
  }
}
