package dev.cairn.attributor.events;

import static dev.cairn.schemas.v1.DeadLetterClass.MALFORMED;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.JsonFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/** How an event's payload is written: protobuf, or the canonical JSON of the same message. */
public enum PayloadFormat {
  PROTOBUF("application/protobuf") {
    @Override
    public byte[] write(Message message) {
      byte[] bytes = new byte[message.getSerializedSize()];
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.useDeterministicSerialization(); // map entries in key order: equal messages, equal bytes
      try {
        message.writeTo(out);
        out.checkNoSpaceLeft();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes;
    }

    @Override
    Message parse(Message prototype, byte[] payload, PayloadLimits limits) {
      try {
        // Aliasing: tensors stay views of the record's bytes instead of copies.
        CodedInputStream in = UnsafeByteOperations.unsafeWrap(payload).newCodedInput();
        in.enableAliasing(true);
        Message parsed = prototype.newBuilderForType().mergeFrom(in).build();
        in.checkLastTagWas(0);
        return parsed;
      } catch (IOException e) {
        throw unreadable(prototype, payload, e);
      }
    }
  },

  JSON("application/json") {
    @Override
    public byte[] write(Message message) {
      try {
        return PRINTER.print(message).getBytes(UTF_8);
      } catch (InvalidProtocolBufferException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    Message parse(Message prototype, byte[] payload, PayloadLimits limits) {
      JsonBounds.check(payload, limits);
      try {
        Message.Builder builder = prototype.newBuilderForType();
        // Unknown fields are refused: in JSON they are misspelt ones far more often than new ones.
        JsonFormat.parser().merge(new String(payload, UTF_8), builder);
        return builder.build();
      } catch (InvalidProtocolBufferException | RuntimeException e) {
        // The parser lets a few exceptions of its parts through (number formats, JSON nulls).
        throw unreadable(prototype, payload, e);
      }
    }
  };

  /** Fields at their default (step 0, timestep 0) are printed, so that readers need no schema. */
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .sortingMapKeys()
          .alwaysPrintFieldsWithNoPresence();

  private final String contentType;

  PayloadFormat(String contentType) {
    this.contentType = contentType;
  }

  /** The value of the header content-type. */
  public String contentType() {
    return contentType;
  }

  /** The message's bytes; equal messages give equal bytes. JSON is one line of UTF-8. */
  public abstract byte[] write(Message message);

  /**
   * @param prototype an empty message of the type to read
   * @throws RejectedException (malformed) if the bytes are no such message, or exceed the limits
   */
  abstract Message parse(Message prototype, byte[] payload, PayloadLimits limits);

  /**
   * @param contentType as in the header; parameters (charset) are ignored, case does not matter
   * @throws RejectedException (malformed) for any other type
   */
  static PayloadFormat of(String contentType) {
    String mediaType = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    for (PayloadFormat format : values()) {
      if (format.contentType.equals(mediaType)) {
        return format;
      }
    }
    throw new RejectedException(
        MALFORMED,
        "header content-type is '%s'; expected application/protobuf or application/json, as CloudEvents in binary mode"
            .formatted(contentType));
  }

  private static RejectedException unreadable(Message prototype, byte[] payload, Exception cause) {
    return new RejectedException(
        MALFORMED,
        "payload of %d bytes is no %s: %s"
            .formatted(
                payload.length,
                prototype.getDescriptorForType().getFullName(),
                cause.getMessage()));
  }
}
