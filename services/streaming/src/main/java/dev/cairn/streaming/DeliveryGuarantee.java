package dev.cairn.streaming;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a stream promises of the records that follow from a record. Neither ever loses one. */
public enum DeliveryGuarantee {

  /**
   * Outputs are published as soon as they are computed; a crash before the commit publishes them
   * again. Lowest latency.
   */
  AT_LEAST_ONCE,

  /**
   * Outputs and the offsets of the records that they follow from become visible together, in one
   * transaction, to readers with {@code isolation.level=read_committed}. An output waits for all
   * earlier records of its partition.
   */
  EXACTLY_ONCE;

  /** The name in a configuration, for example {@code exactly-once}. */
  public String configName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The guarantee of that name.
   *
   * @throws IllegalArgumentException naming the possible values
   */
  public static DeliveryGuarantee parse(String configName) {
    return Arrays.stream(values())
        .filter(guarantee -> guarantee.configName().equals(configName))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "must be "
                        + Arrays.stream(values())
                            .map(DeliveryGuarantee::configName)
                            .collect(Collectors.joining(" or "))
                        + ", not "
                        + configName));
  }
}
