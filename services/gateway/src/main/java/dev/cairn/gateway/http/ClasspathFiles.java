package dev.cairn.gateway.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Files that the program brings along. Only from the class path: what happens to lie in the working
 * directory is never served.
 */
final class ClasspathFiles implements Handler<RoutingContext> {

  private static final Pattern NAME = Pattern.compile("(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");

  private static final Map<String, String> CONTENT_TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "webmanifest", "application/manifest+json");

  private final Vertx vertx;
  private final String mountedAt;
  private final String directory;

  /**
   * @param mountedAt the path that stands for {@code directory}, without a trailing slash
   * @param directory on the class path, without a trailing slash
   */
  ClasspathFiles(Vertx vertx, String mountedAt, String directory) {
    this.vertx = vertx;
    this.mountedAt = mountedAt;
    this.directory = directory;
  }

  @Override
  public void handle(RoutingContext context) {
    String path = context.normalizedPath().substring(mountedAt.length());
    String name = path.isEmpty() || path.equals("/") ? "/index.html" : path;
    String contentType = CONTENT_TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    if (contentType == null || !NAME.matcher(name).matches()) {
      context.next();
      return;
    }
    vertx
        .executeBlocking(() -> read(directory + name), false)
        .onFailure(context::fail)
        .onSuccess(
            content -> {
              if (content == null) {
                context.next();
              } else {
                send(context, contentType, content);
              }
            });
  }

  private static void send(RoutingContext context, String contentType, byte[] content) {
    String etag = '"' + digest(content) + '"';
    HttpServerResponse response = context.response();
    // Revalidated at each load, so that an upgrade shows at once.
    response.putHeader("ETag", etag).putHeader("Cache-Control", "no-cache");
    if (etag.equals(context.request().getHeader("If-None-Match"))) {
      response.setStatusCode(304).end();
    } else {
      response.putHeader("Content-Type", contentType).end(Buffer.buffer(content));
    }
  }

  private static byte[] read(String resource) throws IOException {
    try (InputStream in = ClasspathFiles.class.getResourceAsStream(resource)) {
      return in == null ? null : in.readAllBytes();
    }
  }

  private static String digest(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
