package dev.cairn.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.cairn.streaming.StreamHealth.Part;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StreamHealthTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(StreamHealth.class);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final StreamHealth health = new StreamHealth("test");

  @BeforeEach
  void listen() {
    said.start();
    logger.addAppender(said);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(said);
  }

  @Test
  void a_problem_that_goes_on_is_said_once_whatever_its_numbers() {
    // When
    health.raise(Part.PUBLISH, "Expiring 1 record(s) for t-0: 10000 ms has passed");
    health.raise(Part.PUBLISH, "Expiring 8 record(s) for t-1: 10036 ms has passed");
    health.clear(Part.PUBLISH);
    health.raise(Part.PUBLISH, "Expiring 1 record(s) for t-0: 10001 ms has passed");
    health.raise(Part.PUBLISH, "not authorised");

    // Then
    assertThat(said.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "Expiring 1 record(s) for t-0: 10000 ms has passed",
            "Recovered",
            "Expiring 1 record(s) for t-0: 10001 ms has passed",
            "not authorised");
    assertThat(health.problem()).contains("not authorised");
  }
}
