package dev.cairn.gradients.features;

import dev.cairn.gradients.ParameterFeatures;
import dev.cairn.gradients.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The end of a gradient graph.
 *
 * @param vector [batch, K]; empty for summed gradients
 * @param gradients by parameter, [batch, *shape] or summed [*shape]; empty unless they are outputs
 */
public record Features(
    Optional<Value> vector,
    List<ParameterFeatures> layout,
    SequencedMap<String, Value> gradients) {}
