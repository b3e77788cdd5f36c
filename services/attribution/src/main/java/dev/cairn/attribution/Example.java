package dev.cairn.attribution;

import java.util.List;

/**
 * One training example, as it is known to the index. A line of {@code examples.jsonl}.
 *
 * @param id unique in its index; also the key of the example's noise
 * @param label class name, or empty
 * @param groups owners, licences, sources: whatever scores are to be summed over
 * @param uri where it can be seen, or empty
 * @param derivedFrom id of the example that it was made from, or empty
 */
public record Example(
    String id, String label, List<String> groups, String uri, String derivedFrom) {

  public Example {
    if (id == null || id.isBlank()) {
      throw new IllegalArgumentException("an example needs an id");
    }
    label = label == null ? "" : label;
    groups = groups == null ? List.of() : List.copyOf(groups);
    uri = uri == null ? "" : uri;
    derivedFrom = derivedFrom == null ? "" : derivedFrom;
  }

  /** An example of which only the id and the label are known. */
  public static Example of(String id, String label) {
    return new Example(id, label, List.of(), "", "");
  }
}
