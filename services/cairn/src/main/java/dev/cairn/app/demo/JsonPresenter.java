package dev.cairn.app.demo;

import dev.cairn.app.events.AttributionLines;
import dev.cairn.app.terminal.Console;
import dev.cairn.schemas.v1.Attribution;

/** One attribution a line on standard output; the summary goes to standard error. */
final class JsonPresenter implements Presenter {

  private final Console console;

  JsonPresenter(Console console) {
    this.console = console;
  }

  @Override
  public void opening() {}

  @Override
  public void step(int generation, Attribution attribution) {
    console.out().println(AttributionLines.json(attribution));
  }

  @Override
  public void finalImage(int generation, Attribution attribution, String imageClass, double share) {
    console.out().println(AttributionLines.json(attribution));
  }

  @Override
  public void summary(Tally tally, double chance) {
    Summary.of(tally, chance).forEach(console.err()::println);
  }
}
