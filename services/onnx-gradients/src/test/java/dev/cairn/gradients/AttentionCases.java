package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.number;

import java.util.List;

/** The Attention operator of opset 23. */
final class AttentionCases {
  private AttentionCases() {}

  static List<RuleCase> all() {
    return List.of(
        new RuleCase(
            "Attention",
            "by heads, with a bias of its own",
            heads().parameter("m", 2, 3, 3).node("Attention", "q,k,v,m -> y")),
        new RuleCase(
            "Attention", "scaled", heads().node("Attention", "q,k,v -> y", number("scale", 0.7f))),
        new RuleCase(
            "Attention",
            "heads side by side",
            RuleCase.through(3, 4)
                .opset(23)
                .node("Tanh", "h -> k")
                .node("Sin", "h -> v")
                .node(
                    "Attention",
                    "h,k,v -> y",
                    integer("q_num_heads", 2),
                    integer("kv_num_heads", 2))));
  }

  private static TinyGraph heads() {
    return RuleCase.through(2, 3, 4)
        .opset(23)
        .node("Identity", "h -> q")
        .node("Tanh", "h -> k")
        .node("Sin", "h -> v");
  }
}
