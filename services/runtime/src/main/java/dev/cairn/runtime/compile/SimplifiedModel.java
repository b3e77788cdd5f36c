package dev.cairn.runtime.compile;

import dev.cairn.gradients.onnx.ModelProto;

/**
 * A model ready to be differentiated.
 *
 * @param original the file as it is; its initialisers decide what a parameter is
 * @param simplified the same function without shape arithmetic, with element type and shape of
 *     every value, batch axes named "batch" or "batch*k"
 */
public record SimplifiedModel(ModelProto original, ModelProto simplified) {}
