package dev.cairn.app.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.app.config.KafkaSettings;
import dev.cairn.app.config.TopicNames;
import dev.cairn.broker.EmbeddedBroker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;

class TopicCreationIT {

  @Test
  void topics_are_compressed_by_the_broker_as_the_configuration_says() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(null);
        Admin admin =
            Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
      KafkaSettings kafka = new KafkaSettings(broker.bootstrapServers(), Map.of());
      for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
        // Given
        TopicNames topics =
            new TopicNames(
                codec + ".generations",
                codec + ".features",
                codec + ".attributions",
                codec + ".dead-letters",
                codec);

        // When
        TopicCreation.createMissing(kafka, topics);

        // Then
        List<ConfigResource> asked =
            topics.all().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
        Map<ConfigResource, Config> told =
            admin.describeConfigs(asked).all().get(30, TimeUnit.SECONDS);
        assertThat(told.values())
            .hasSize(4)
            .extracting(config -> config.get(TopicConfig.COMPRESSION_TYPE_CONFIG).value())
            .containsOnly(codec.equals("none") ? "uncompressed" : codec);
      }
    }
  }
}
