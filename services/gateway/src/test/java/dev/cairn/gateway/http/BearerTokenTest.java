package dev.cairn.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BearerTokenTest {

  private final BearerToken token = new BearerToken("0123456789abcdef");

  @Test
  void the_scheme_may_be_spelt_in_any_case() {
    assertThat(token.accepts("bearer 0123456789abcdef")).isTrue();
  }

  @Test
  void anything_but_the_token_is_refused() {
    assertThat(token.accepts(null)).isFalse();
    assertThat(token.accepts("0123456789abcdef")).isFalse();
    assertThat(token.accepts("Bearer ")).isFalse();
    assertThat(token.accepts("Bearer 0123456789abcdeF")).isFalse();
    assertThat(token.acceptsSession("0123456789abcdef")).isFalse();
  }

  @Test
  void gateways_with_the_same_token_share_sessions() {
    assertThat(token.acceptsSession(new BearerToken("0123456789abcdef").session())).isTrue();
  }

  @Test
  void a_short_token_is_no_secret() {
    assertThatThrownBy(() -> new BearerToken("hunter2")).hasMessageContaining("16 characters");
  }

  @Test
  void a_file_may_end_with_a_line_end(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), "0123456789abcdef\n");

    assertThat(BearerToken.read(file).accepts("Bearer 0123456789abcdef")).isTrue();
  }

  @Test
  void it_does_not_show_itself() {
    assertThat(token).hasToString("(hidden)");
  }
}
