package dev.cairn.gateway.dashboard;

import static dev.cairn.gateway.Attributions.STEPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.gateway.Attributions;
import dev.cairn.gateway.GatewayUnderTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

class DashboardIT {

  private static Browser browser;
  private static GatewayUnderTest gateway;

  @BeforeAll
  static void start() throws IOException {
    browser = Browser.start();
    gateway = GatewayUnderTest.start();
    draw("whole", 0, STEPS);
    gateway.attribute(
        List.of(Attributions.ofRegion("whole", 1, true), Attributions.ofRegion("whole", 1, false)));
  }

  @AfterAll
  static void stop() throws IOException {
    if (gateway != null) {
      gateway.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @AfterEach
  void nothing_was_complained_of() {
    assertThat(browser.complaints()).isEmpty();
  }

  private static void draw(String generation, int from, int to) {
    gateway.attribute(
        IntStream.rangeClosed(from, to)
            .mapToObj(step -> Attributions.of(generation, step))
            .toList());
  }

  private static void open(String address) {
    browser.open("about:blank");
    browser.open(gateway.uri("/" + address).toString());
  }

  private static void awaitThat(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(condition);
  }

  private static String place() {
    return browser.text(".place");
  }

  @Test
  void a_journey_that_is_being_drawn_is_followed_step_by_step() {
    open("");
    awaitThat(() -> browser.text("#connection").equals("connected"));

    draw("live", 0, 1);
    awaitThat(() -> browser.text(".generation-id").equals("live") && place().startsWith("step 2"));
    draw("live", 2, 2);
    awaitThat(() -> place().startsWith("step 3 of 5"));

    assertThat(browser.count(".side.towards .tile")).isEqualTo(2);
    assertThat(browser.text(".side.away .score")).isEqualTo("−1.50");
    assertThat(browser.count(".cell img")).isEqualTo(3);
    assertThat(browser.run("return document.querySelector('.estimate').naturalWidth"))
        .isEqualTo(2L);
    draw("live", 3, STEPS);
    awaitThat(() -> place().startsWith("final image"));
  }

  @Test
  void a_generation_opens_from_the_list_and_its_steps_by_keyboard() {
    open("");
    awaitThat(() -> browser.count("a[href='#/generation/whole']") == 1);
    browser.click("a[href='#/generation/whole']");
    awaitThat(() -> browser.text(".generation-id").equals("whole"));

    browser.press(Keys.HOME);
    awaitThat(() -> place().startsWith("step 1 of 5"));
    browser.press(Keys.ARROW_RIGHT);
    awaitThat(() -> place().startsWith("step 2 of 5"));
    assertThat(browser.attribute(".filmstrip", "aria-valuetext")).startsWith("step 2 of 5");
    browser.press(Keys.END);
    awaitThat(() -> place().startsWith("final image"));
    browser.press("l");
    awaitThat(() -> browser.address().endsWith("#/"));
  }

  @Test
  void a_step_whose_regions_were_asked_for_shows_where_in_the_image_an_example_pushes() {
    draw("regions", 0, 1);
    gateway.attribute(
        List.of(
            Attributions.ofRegion("regions", 1, true), Attributions.ofRegion("regions", 1, false)));

    open("#/generation/regions/step/1");
    awaitThat(() -> browser.count(".regions .map") == 3);
    assertThat(browser.count(".maps li:first-child .wash")).isEqualTo(2);
    assertThat(browser.attribute(".regions .map", "aria-label"))
        .contains("+2.50 in region 1")
        .contains("+2.50 in region 2");
    assertThat(browser.count(".cell img")).isEqualTo(2);
    open("#/generation/regions/step/0");
    awaitThat(() -> place().startsWith("step 1 of 5"));
    assertThat(browser.run("return document.querySelector('.regions').hidden")).isEqualTo(true);
  }

  @Test
  void an_example_opens_and_tells_what_it_steered() {
    open("#/generation/whole/step/1");
    awaitThat(() -> browser.count(".side.away .tile") == 1);
    browser.click(".side.away .tile");

    awaitThat(() -> browser.text("h1").equals("bag #000002"));
    assertThat(browser.text(".example-page table")).contains("whole");
    assertThat(browser.run("return document.querySelector('.portrait').naturalWidth"))
        .isEqualTo(2L);
  }

  @Test
  void the_index_page_tells_how_the_index_was_made_and_shows_its_classes() {
    open("#/index");
    awaitThat(() -> browser.text(".groups").contains("boot"));

    assertThat(browser.text("main"))
        .contains("1 × 2 × 2")
        .contains("Linear datamodelling score of “journey”", "48 models", "50 % of the data");
    assertThat(browser.text(".evidence")).contains("Generated images +0.400 +0.300 to +0.500");
    browser.click(".groups tr:nth-child(2) button");
    awaitThat(() -> browser.count(".gallery li") == 1);
  }

  @Test
  void a_reader_that_was_cut_off_shows_everything_once_it_is_back() {
    open("");
    awaitThat(() -> browser.text("#connection").equals("connected"));
    draw("cut", 0, 0);
    awaitThat(() -> browser.text(".generation-id").equals("cut"));

    gateway.cutStreams();
    draw("cut", 1, 3);

    awaitThat(() -> place().startsWith("step 4 of 5"));
    assertThat(browser.count(".cell img")).isEqualTo(4);
    browser.complaints();
  }

  @Test
  void the_pipeline_page_draws_its_charts() {
    open("#/pipeline");

    awaitThat(() -> browser.count(".plot canvas") == 5);
    assertThat(browser.text("main")).contains("Throughput").contains("Dead letters");
  }

  @ParameterizedTest
  @CsvSource({"360, light", "360, dark", "1280, light", "1280, dark", "1920, light", "1920, dark"})
  void every_page_is_accessible_and_fits(int width, String colours) throws IOException {
    browser.show(width, colours);
    for (String page :
        List.of("#/generation/whole/step/1", "#/example/toy/0", "#/index", "#/pipeline")) {
      open(page);
      awaitThat(() -> browser.count("main h2, main h1") > 0 && !browser.text("main").isBlank());
      awaitThat(
          () ->
              (Boolean)
                  browser.run(
                      "return document.images.length > 0 || location.hash == '#/pipeline'"));

      assertThat(browser.accessibilityViolations()).as(page).isEmpty();
      assertThat(browser.run("return document.documentElement.scrollWidth <= innerWidth"))
          .as(page + " needs no sideways scrolling")
          .isEqualTo(true);
    }
  }
}
