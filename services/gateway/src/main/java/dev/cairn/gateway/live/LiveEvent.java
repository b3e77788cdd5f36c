package dev.cairn.gateway.live;

import io.vertx.core.buffer.Buffer;

/**
 * Something that followers are told.
 *
 * @param generationId whose it is
 * @param frame the event as it goes over the wire, its id included; shared by all readers
 */
record LiveEvent(String generationId, Buffer frame) {}
