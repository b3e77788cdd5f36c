package dev.cairn.attribution;

import java.nio.file.Path;

/** Where the parts of an index lie in its directory. */
record IndexFiles(Path directory) {

  /** What the features are; written first. */
  Path plan() {
    return directory.resolve("features.json");
  }

  Path lock() {
    return directory.resolve("build.lock");
  }

  Path shards() {
    return directory.resolve("shards");
  }

  /** Features of every example, n × K; its presence says that the build is complete. */
  Path features() {
    return directory.resolve("features.npy");
  }

  Path examples() {
    return directory.resolve("examples.jsonl");
  }

  /** ψ of every example, n × K. */
  Path preconditioned() {
    return directory.resolve("preconditioned.npy");
  }

  /** Written last; its presence says that the index is complete. */
  Path manifest() {
    return directory.resolve("manifest.json");
  }
}
