package dev.cairn.attributor.events;

import com.google.protobuf.Message;
import dev.cairn.schemas.v1.Attribution;
import dev.cairn.schemas.v1.Features;
import dev.cairn.schemas.v1.GenerationCompleted;
import dev.cairn.schemas.v1.GenerationStep;
import java.util.Arrays;
import java.util.Optional;

/** The messages of the topics, by their CloudEvents type. */
public enum EventType {
  GENERATION_STEP("dev.cairn.generation.step.v1", GenerationStep.getDefaultInstance()),
  GENERATION_COMPLETED(
      "dev.cairn.generation.completed.v1", GenerationCompleted.getDefaultInstance()),
  FEATURES("dev.cairn.features.v1", Features.getDefaultInstance()),
  ATTRIBUTION("dev.cairn.attribution.v1", Attribution.getDefaultInstance());

  private final String wireName;
  private final Message prototype;

  EventType(String wireName, Message prototype) {
    this.wireName = wireName;
    this.prototype = prototype;
  }

  /** The value of the header ce_type. */
  public String wireName() {
    return wireName;
  }

  /** An empty message of this type, from which a parser starts. */
  Message prototype() {
    return prototype;
  }

  static Optional<EventType> named(String wireName) {
    return Arrays.stream(values()).filter(type -> type.wireName.equals(wireName)).findFirst();
  }

  /**
   * The type whose payload this message is.
   *
   * @throws IllegalArgumentException if no topic carries such messages
   */
  static EventType of(Message message) {
    return Arrays.stream(values())
        .filter(type -> type.prototype.getClass() == message.getClass())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    message.getDescriptorForType().getFullName() + " is not an event"));
  }
}
