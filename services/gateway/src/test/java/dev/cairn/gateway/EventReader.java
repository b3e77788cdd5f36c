package dev.cairn.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Reads server-sent events as a browser does. */
public final class EventReader implements AutoCloseable {

  /**
   * @param id of the last event that had one
   */
  public record Received(String event, String id, String data) {
    public JsonObject json() {
      return new JsonObject(data);
    }
  }

  public final List<Received> events = new CopyOnWriteArrayList<>();
  public volatile String lastEventId;
  public volatile boolean ended;
  public volatile int comments;
  private final HttpClient client = HttpClient.newHttpClient();
  private final InputStream body;

  private EventReader(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new AssertionError("status " + response.statusCode());
    }
    body = response.body();
    Thread.ofVirtual().start(this::read);
  }

  /**
   * @param lastEventId where to resume; null to begin
   */
  public static EventReader open(GatewayUnderTest gateway, String path, String lastEventId) {
    HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri(path));
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    try {
      return new EventReader(request.build());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("no event stream", e);
    }
  }

  private void read() {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, UTF_8))) {
      String event = "message";
      StringBuilder data = new StringBuilder();
      String line = lines.readLine();
      while (line != null) {
        if (line.isEmpty()) {
          if (!data.isEmpty()) {
            events.add(new Received(event, lastEventId, data.toString()));
          }
          event = "message";
          data.setLength(0);
        } else if (line.startsWith("id: ")) {
          lastEventId = line.substring(4);
        } else if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data.append(line.substring(6));
        } else if (line.startsWith(":")) {
          comments++;
        }
        line = lines.readLine();
      }
    } catch (IOException _) {
      // Closed by either side; what arrived before counts.
    }
    ended = true;
  }

  /** What it was told of results, by their ids. */
  public List<String> resultIds() {
    return events.stream()
        .filter(e -> e.event().equals("attribution"))
        .map(e -> e.json().getString("resultId"))
        .toList();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
