package dev.cairn.gateway.feed;

import dev.cairn.gateway.journeys.Result;
import java.util.List;

/** What a poll of the topics brought, each in the order of its partition. */
public record Arrivals(List<Result> results, List<DeadLetter> deadLetters) {
  public Arrivals {
    results = List.copyOf(results);
    deadLetters = List.copyOf(deadLetters);
  }
}
