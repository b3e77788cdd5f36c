package dev.cairn.attributor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CurrentTest {

  private final Current<String> current = new Current<>("old");

  @Test
  void who_began_with_the_old_one_keeps_it_and_who_begins_later_has_the_new_one() {
    Current.Lease<String> before = current.lease();
    current.replace("new");

    assertThat(before.value()).isEqualTo("old");
    assertThat(current.lease().value()).isEqualTo("new");
  }

  @Test
  void the_old_one_is_unused_when_its_last_lease_ends() {
    // Given
    Current.Lease<String> first = current.lease();
    Current.Lease<String> second = current.lease();
    CompletableFuture<Void> unused = current.replace("new");
    current.lease();

    // When, Then
    first.close();
    assertThat(unused).isNotDone();
    second.close();
    assertThat(unused).isCompleted();
  }

  @Test
  void what_nobody_uses_is_unused_at_once() {
    current.lease().close();

    assertThat(current.replace("new")).isCompleted();
  }
}
