package dev.cairn.streaming;

import java.util.ArrayList;
import java.util.List;

/**
 * How much a stream holds at once.
 *
 * @param maxRecords records in flight (handed to the handler, not yet acknowledged)
 * @param maxBytes bytes of those records: keys, values and headers
 * @param maxRecordBytes a single record larger than this is a dead letter of class {@code
 *     too-large}
 * @param maxSpread received offsets a partition may hold above its watermark. Bounds both memory
 *     and what is delivered again after a crash, when one slow record holds the watermark back.
 */
public record FlowLimits(int maxRecords, long maxBytes, int maxRecordBytes, int maxSpread) {

  private static final int MIB = 1024 * 1024;

  public FlowLimits {
    List<String> problems = new ArrayList<>();
    if (maxRecords < 1) {
      problems.add("maxRecords must be at least 1, not " + maxRecords);
    }
    if (maxBytes < 1) {
      problems.add("maxBytes must be at least 1, not " + maxBytes);
    }
    if (maxRecordBytes < 1) {
      problems.add("maxRecordBytes must be at least 1, not " + maxRecordBytes);
    }
    if (maxSpread < 1) {
      problems.add("maxSpread must be at least 1, not " + maxSpread);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("Flow limits: " + String.join("; ", problems));
    }
  }

  /** Limits with the default bounds on one record (16 MiB) and on the spread (10,000 offsets). */
  public FlowLimits(int maxRecords, long maxBytes) {
    this(maxRecords, maxBytes, 16 * MIB, 10_000);
  }

  /** 256 records, 64 MiB. */
  public static FlowLimits defaults() {
    return new FlowLimits(256, 64L * MIB);
  }
}
