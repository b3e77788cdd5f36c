package dev.cairn.gateway.http;

import io.vertx.core.Handler;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Answers only to the names of this machine itself. A gateway on the loopback interface trusts
 * whoever reaches it, and a page from elsewhere reaches it through the reader's own browser once
 * its name is made to resolve to 127.0.0.1 (DNS rebinding); the Host header then still holds that
 * name.
 */
final class LoopbackHosts implements Handler<RoutingContext> {

  private static final Set<String> NAMES = Set.of("localhost", "::1", "[::1]");
  private static final Pattern ADDRESS = Pattern.compile("127(\\.[0-9]{1,3}){3}");

  /** Whether a host is this machine's loopback interface, by name or by address. */
  static boolean isLoopback(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return NAMES.contains(lower)
        || lower.endsWith(".localhost")
        || ADDRESS.matcher(lower).matches();
  }

  @Override
  public void handle(RoutingContext context) {
    HostAndPort authority = context.request().authority();
    if (authority == null || !isLoopback(authority.host())) {
      throw new ProblemException(Problem.misdirected());
    }
    context.next();
  }
}
