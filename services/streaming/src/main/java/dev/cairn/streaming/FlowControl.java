package dev.cairn.streaming;

/**
 * Counts what is in flight against the limits, with hysteresis: full at a limit, open again only at
 * half of both, so that a stream near its limit does not pause and resume on every record.
 *
 * <p>Not thread-safe; owned by the poll thread.
 */
final class FlowControl {

  private final FlowLimits limits;
  private int records;
  private long bytes;
  private boolean full;

  FlowControl(FlowLimits limits) {
    this.limits = limits;
  }

  /** Whether a record of this size may start now. A record larger than maxBytes may start alone. */
  boolean admits(long recordBytes) {
    return records == 0
        || (records < limits.maxRecords() && bytes + recordBytes <= limits.maxBytes());
  }

  void admit(long recordBytes) {
    records++;
    bytes += recordBytes;
    if (records >= limits.maxRecords() || bytes >= limits.maxBytes()) {
      full = true;
    }
  }

  void release(long recordBytes) {
    records--;
    bytes -= recordBytes;
    if (records < 0 || bytes < 0) {
      throw new IllegalStateException(
          "Released more than was admitted: " + records + " records, " + bytes + " bytes");
    }
    if (records <= limits.maxRecords() / 2 && bytes <= limits.maxBytes() / 2) {
      full = false;
    }
  }

  /** Whether to stop fetching: true from a limit reached until both are down to half. */
  boolean full() {
    return full;
  }

  int records() {
    return records;
  }

  long bytes() {
    return bytes;
  }
}
