package dev.cairn.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * For tests: a broker with a listener that demands TLS, a user and a password (SCRAM), and
 * permissions. The plain listener is for the test itself, which may do everything.
 */
public final class SecuredBroker implements AutoCloseable {

  private static final String STORE_PASSWORD = "of-the-store";
  private static final BrokerListener SECURED = new BrokerListener("SECURED", "SASL_SSL", 0);

  private final EmbeddedBroker broker;
  private final Path trusted;
  private final Path other;

  private SecuredBroker(EmbeddedBroker broker, Path trusted, Path other) {
    this.broker = broker;
    this.trusted = trusted;
    this.other = other;
  }

  /**
   * @param directory where keys are written
   */
  public static SecuredBroker start(Path directory) throws Exception {
    Path key = keyStore(directory.resolve("broker.p12"));
    Path other = keyStore(directory.resolve("other.p12"));
    EmbeddedBroker broker =
        EmbeddedBroker.start(
            null,
            List.of(SECURED),
            Map.of(
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users",
                "User:ANONYMOUS",
                "sasl.enabled.mechanisms",
                "SCRAM-SHA-512",
                "listener.name.secured.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
                "listener.name.secured.ssl.keystore.type",
                "PKCS12",
                "listener.name.secured.ssl.keystore.location",
                key.toString(),
                "listener.name.secured.ssl.keystore.password",
                STORE_PASSWORD));
    return new SecuredBroker(broker, key, other);
  }

  /** The broker, for what a test does itself. */
  public EmbeddedBroker broker() {
    return broker;
  }

  /** Makes a self-signed key, which is its own trust store. */
  private static Path keyStore(Path file) throws IOException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=" + file.getFileName(),
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                STORE_PASSWORD)
            .inheritIO()
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed");
    }
    return file;
  }

  /** Makes a user, or gives it another password. */
  public void user(String name, String password) throws Exception {
    try (Admin admin = admin()) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      name, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password)))
          .all()
          .get(30, TimeUnit.SECONDS);
    }
  }

  /** Allows a user this with what has such a name, or a longer one. */
  public void allow(String user, ResourceType type, String name, AclOperation... operations)
      throws Exception {
    List<AclBinding> bindings = new ArrayList<>();
    for (AclOperation operation : operations) {
      bindings.add(
          new AclBinding(
              new ResourcePattern(type, name, PatternType.PREFIXED),
              new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW)));
    }
    try (Admin admin = admin()) {
      admin.createAcls(bindings).all().get(30, TimeUnit.SECONDS);
    }
  }

  private Admin admin() {
    return Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()));
  }

  /** What a client of the secured listener needs. */
  public Map<String, Object> client(String user, String password) {
    return client(user, password, trusted);
  }

  /** A client that trusts somebody else's certificate. */
  public Map<String, Object> clientThatTrustsAnother(String user, String password) {
    return client(user, password, other);
  }

  private Map<String, Object> client(String user, String password, Path trust) {
    return Map.of(
        "bootstrap.servers",
        "127.0.0.1:" + broker.port(SECURED),
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        "SCRAM-SHA-512",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(user, password),
        "ssl.truststore.type",
        "PKCS12",
        "ssl.truststore.location",
        trust.toString(),
        "ssl.truststore.password",
        STORE_PASSWORD,
        "max.block.ms",
        5000);
  }

  @Override
  public void close() {
    broker.close();
  }
}
