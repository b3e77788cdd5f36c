package dev.cairn.attribution;

/** Hears how far long work has come. Calls may come from any thread, one at a time. */
@FunctionalInterface
public interface Progress {
  /**
   * @param what the work, for people
   * @param done units done of this work
   * @param total units in all
   */
  void update(String what, long done, long total);

  /** Hears nothing. */
  static Progress none() {
    return (_, _, _) -> {};
  }
}
