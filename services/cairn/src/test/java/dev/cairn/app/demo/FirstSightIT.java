package dev.cairn.app.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cairn.app.Cairn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** What a person sees who opens the address that the demonstration prints. */
class FirstSightIT {

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Pattern ADDRESS = Pattern.compile("(?m)^Dashboard: (\\S+)$");

  /** A journey at some step, with training images on either side that have arrived. */
  private static final String SEEN =
      """
      const loaded = (side) => [...document.querySelectorAll(`.side.${side} .tile img`)]
          .filter((image) => image.complete && image.naturalWidth === 28).length;
      return loaded('towards') >= 5 && loaded('away') >= 5
          && document.querySelector('.estimate').naturalWidth === 28
          && /step \\d+ of 50|final image/.test(document.querySelector('.place').textContent);
      """;

  @TempDir Path directory;

  @Test
  void a_journey_with_training_images_is_there_within_20_seconds() throws Exception {
    requireBrowser();
    Path said = directory.resolve("said.txt");
    Process demo = demo(said);
    try {
      await().atMost(Duration.ofMinutes(4)).until(() -> !demo.isAlive() || address(said).find());
      Matcher address = address(said);
      assertThat(address.find()).as(Files.readString(said)).isTrue();
      ChromeDriver browser = browser();
      try {
        long opened = System.nanoTime();
        browser.get(address.group(1));
        await()
            .atMost(Duration.ofSeconds(20))
            .pollInterval(Duration.ofMillis(100))
            .until(() -> Boolean.TRUE.equals(browser.executeScript(SEEN)));
        System.getLogger(FirstSightIT.class.getName())
            .log(
                System.Logger.Level.INFO,
                "a journey with training images %.1f s after the page was opened"
                    .formatted((System.nanoTime() - opened) / 1e9));
      } finally {
        browser.quit();
      }
    } finally {
      demo.destroy();
      demo.waitFor(30, TimeUnit.SECONDS);
    }
  }

  private static void requireBrowser() {
    if (!Files.isExecutable(CHROMIUM) || !Files.isExecutable(DRIVER)) {
      String missing = "no Chromium with its driver (.ci/install-tools)";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(missing + ", which CI=true demands");
      }
      Assumptions.abort(missing);
    }
  }

  private Process demo(Path said) throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Cairn.class.getName(),
            "demo",
            "--keep",
            "--generations",
            "1",
            "--work-dir",
            directory.resolve("work").toString());
    return command
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(said.toFile())
        .start();
  }

  private static Matcher address(Path said) throws IOException {
    return ADDRESS.matcher(Files.readString(said, UTF_8));
  }

  private ChromeDriver browser() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toString());
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--user-data-dir=" + directory.resolve("profile"));
    return new ChromeDriver(
        new ChromeDriverService.Builder()
            .usingDriverExecutable(DRIVER.toFile())
            .usingAnyFreePort()
            .build(),
        options);
  }
}
