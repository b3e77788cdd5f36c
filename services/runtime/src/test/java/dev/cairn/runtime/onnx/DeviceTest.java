package dev.cairn.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DeviceTest {

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger log = (Logger) LoggerFactory.getLogger(Device.class);

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void forget() {
    log.detachAppender(lines);
  }

  @Test
  void without_cuda_in_the_build_the_cpu_is_used_after_one_clear_line() throws OrtException {
    // Given
    Device device = new Device("cuda");

    // When
    boolean first = use(device);
    boolean second = use(device);

    // Then
    assertThat(first).isFalse();
    assertThat(second).isFalse();
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .startsWith("CUDA cannot be used, computing on the CPU");
  }

  @Test
  void the_cpu_is_used_in_silence_where_nothing_else_is_asked_for() throws OrtException {
    assertThat(use(new Device("cpu"))).isFalse();
    assertThat(lines.list).isEmpty();
  }

  private static boolean use(Device device) throws OrtException {
    try (SessionOptions options = new SessionOptions()) {
      return device.use(options);
    }
  }
}
