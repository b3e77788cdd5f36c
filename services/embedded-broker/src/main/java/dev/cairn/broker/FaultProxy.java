package dev.cairn.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy on the loopback interface that misbehaves on demand, as networks do. Threads: an
 * acceptor and two virtual threads a connection; every method may be called from any thread.
 */
public final class FaultProxy implements AutoCloseable {

  private static final int CHUNK = 16 * 1024;
  private static final long PAUSE_NANOS = 1_000_000;

  private record Connection(Socket client, Socket broker) {}

  private final ServerSocket server;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private volatile boolean refusing;
  private volatile boolean stalled;
  private volatile long delayNanos;

  private FaultProxy(ServerSocket server) {
    this.server = server;
  }

  /** Listens on a free port; forwards once {@link #forwardTo} was called. */
  public static FaultProxy listen() {
    try {
      FaultProxy proxy = new FaultProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      Thread.ofPlatform().daemon().name("fault-proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("No free port for a proxy", e);
    }
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Host and port for {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return BrokerConfiguration.HOST + ":" + port();
  }

  /** Connects clients with this port of the loopback interface from now on. */
  public void forwardTo(int port) {
    target = port;
  }

  /** Closes all connections in good order; clients can connect anew. */
  public void cut() {
    connections.forEach(this::close);
  }

  /** Closes all connections with a reset instead of a goodbye. */
  public void reset() {
    for (Connection connection : connections) {
      try {
        connection.client().setSoLinger(true, 0);
        connection.broker().setSoLinger(true, 0);
      } catch (SocketException _) {
        // Closed meanwhile.
      }
      close(connection);
    }
  }

  /** Ends the direction from the broker to the clients; what clients send still arrives. */
  public void halfClose() {
    for (Connection connection : connections) {
      try {
        connection.client().shutdownOutput();
      } catch (IOException _) {
        // Closed meanwhile.
      }
    }
  }

  /** Holds every piece of data back for so long, in both directions. */
  public void delay(Duration delay) {
    delayNanos = delay.toNanos();
  }

  /** Passes nothing on, and closes nothing: a network that has forgotten a connection. */
  public void stall() {
    stalled = true;
  }

  /** Closes all connections and accepts no more. */
  public void refuse() {
    refusing = true;
    cut();
  }

  /** Ends a delay, a stall and a refusal. */
  public void heal() {
    delayNanos = 0;
    stalled = false;
    refusing = false;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (refusing || target == 0) {
          client.close();
          continue;
        }
        connect(client);
      } catch (IOException _) {
        // This client, or the proxy itself, is being closed.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket broker;
    try {
      broker = new Socket(InetAddress.getLoopbackAddress(), target);
    } catch (IOException e) {
      client.close();
      return;
    }
    client.setTcpNoDelay(true);
    broker.setTcpNoDelay(true);
    Connection connection = new Connection(client, broker);
    connections.add(connection);
    Thread.ofVirtual().start(() -> pump(connection, client, broker));
    Thread.ofVirtual().start(() -> pump(connection, broker, client));
  }

  private void pump(Connection connection, Socket from, Socket to) {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        if (delayNanos > 0) {
          LockSupport.parkNanos(delayNanos);
        }
        while (stalled && !server.isClosed()) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
        out.write(chunk, 0, read);
      }
    } catch (IOException _) {
      // One end has gone; so must the other.
    } finally {
      close(connection);
    }
  }

  private void close(Connection connection) {
    connections.remove(connection);
    closeQuietly(connection.client());
    closeQuietly(connection.broker());
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // Nothing more can be done with it.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      cut();
    }
  }
}
