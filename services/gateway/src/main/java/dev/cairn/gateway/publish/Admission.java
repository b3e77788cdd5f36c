package dev.cairn.gateway.publish;

/**
 * How much is being published at once: requests, and their bodies' bytes. Event loop only.
 *
 * <p>A body whose length is not announced counts as the largest that is allowed.
 */
public final class Admission {

  private final int mostRequests;
  private final long mostBytes;
  private int requests;
  private long bytes;

  public Admission(int mostRequests, long mostBytes) {
    this.mostRequests = mostRequests;
    this.mostBytes = mostBytes;
  }

  /** Takes a place, if there is one; a body larger than all places together fits when alone. */
  public boolean tryEnter(long bodyBytes) {
    if (requests >= mostRequests || (requests > 0 && bytes + bodyBytes > mostBytes)) {
      return false;
    }
    requests++;
    bytes += bodyBytes;
    return true;
  }

  /** Gives back a place that {@link #tryEnter} gave for as many bytes. */
  public void leave(long bodyBytes) {
    requests--;
    bytes -= bodyBytes;
  }
}
