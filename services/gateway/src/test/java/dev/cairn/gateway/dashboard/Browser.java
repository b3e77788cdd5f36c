package dev.cairn.gateway.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real Chromium without a window. */
final class Browser implements AutoCloseable {

  private static final List<String> CHROMIUM =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
  private static final List<String> DRIVER =
      List.of("/usr/bin/chromedriver", "/usr/lib/chromium-browser/chromedriver");

  private final Path profile;
  private final ChromeDriver driver;

  private Browser(String chromium, String chromedriver) throws IOException {
    profile = Files.createTempDirectory("cairn-browser");
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium);
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + profile);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Path.of(chromedriver).toFile())
            .usingAnyFreePort()
            .build();
    driver = new ChromeDriver(service, options);
    driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(30));
  }

  /** Starts one; skips the test where there is none, unless CI demands it. */
  static Browser start() throws IOException {
    String chromium = firstOf(CHROMIUM);
    String chromedriver = firstOf(DRIVER);
    if (chromium == null || chromedriver == null) {
      String missing =
          "no Chromium with its driver (apt-get install chromium chromium-driver), so the dashboard is not tested";
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError(missing + ", which CI=true demands");
      }
      Assumptions.abort(missing);
    }
    return new Browser(chromium, chromedriver);
  }

  private static String firstOf(List<String> paths) {
    return paths.stream()
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElse(null);
  }

  void open(String address) {
    driver.get(address);
  }

  /** As if the window had this width, and the system this preference. */
  void show(int width, String colours) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 1000, "deviceScaleFactor", 1, "mobile", width < 500));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colours))));
  }

  /** The text of the first such element; empty if there is none. */
  String text(String selector) {
    return elements(selector).stream().findFirst().map(WebElement::getText).orElse("");
  }

  String attribute(String selector, String name) {
    String value = elements(selector).getFirst().getDomAttribute(name);
    return value == null ? "" : value;
  }

  int count(String selector) {
    return elements(selector).size();
  }

  private List<WebElement> elements(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  void click(String selector) {
    elements(selector).getFirst().click();
  }

  void press(CharSequence key) {
    new Actions(driver).sendKeys(key).perform();
  }

  void press(Keys key) {
    new Actions(driver).sendKeys(key).perform();
  }

  Object run(String script) {
    return driver.executeScript(script);
  }

  String address() {
    return driver.getCurrentUrl();
  }

  /** Warnings and errors that the console has shown since the last call. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** What axe finds wrong with the page (WCAG 2.2 A and AA, best practices), a line each. */
  @SuppressWarnings("unchecked")
  List<String> accessibilityViolations() throws IOException {
    try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
      driver.executeScript(new String(axe.readAllBytes(), UTF_8));
    }
    var found =
        (List<String>)
            driver.executeAsyncScript(
                """
                const done = arguments[arguments.length - 1];
                axe.run().then(
                  r => done(r.violations.map(v => v.id + ': ' + v.help + ' — '
                      + v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary).join(' | '))),
                  e => done([String(e)]));
                """);
    return found;
  }

  @Override
  public void close() throws IOException {
    driver.quit();
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
