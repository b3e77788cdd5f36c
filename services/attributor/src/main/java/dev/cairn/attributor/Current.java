package dev.cairn.attributor;

import java.util.concurrent.CompletableFuture;

/**
 * What records are worked on with at present. It can be replaced while they are: whoever began with
 * the old one finishes with it, and the old one's owner hears when the last of them has.
 */
final class Current<T> {

  private Version<T> newest; // guarded by this

  /** One value, and how many still use it. */
  private static final class Version<T> {
    final T value;
    final CompletableFuture<Void> unused = new CompletableFuture<>();
    int leases;
    boolean replaced;

    Version(T value) {
      this.value = value;
    }
  }

  /** The use of one value, from a record's beginning to its end. */
  interface Lease<T> extends AutoCloseable {
    T value();

    /** To be called once. */
    @Override
    void close();
  }

  Current(T first) {
    newest = new Version<>(first);
  }

  synchronized Lease<T> lease() {
    Version<T> version = newest;
    version.leases++;
    return new Lease<>() {
      @Override
      public T value() {
        return version.value;
      }

      @Override
      public void close() {
        end(version);
      }
    };
  }

  /**
   * Leases from now on are of the next value.
   *
   * @return completes when nobody uses the one before any more
   */
  CompletableFuture<Void> replace(T next) {
    Version<T> old;
    boolean unused;
    synchronized (this) {
      old = newest;
      newest = new Version<>(next);
      old.replaced = true;
      unused = old.leases == 0;
    }
    if (unused) {
      old.unused.complete(null);
    }
    return old.unused;
  }

  private void end(Version<T> version) {
    boolean last;
    synchronized (this) {
      version.leases--;
      last = version.replaced && version.leases == 0;
    }
    if (last) {
      version.unused.complete(null);
    }
  }
}
