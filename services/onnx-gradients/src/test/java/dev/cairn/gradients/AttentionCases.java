package dev.cairn.gradients;

import static dev.cairn.gradients.TinyGraph.integer;
import static dev.cairn.gradients.TinyGraph.ints;
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
            "causal",
            heads().node("Attention", "q,k,v -> y", integer("is_causal", 1))),
        new RuleCase(
            "Attention",
            "with a soft cap",
            heads().node("Attention", "q,k,v -> y", number("softcap", 0.4f))),
        new RuleCase(
            "Attention",
            "with a soft cap, a bias of its own, and causal",
            heads()
                .parameter("m", 3, 3)
                .node(
                    "Attention", "q,k,v,m -> y", number("softcap", 0.4f), integer("is_causal", 1))),
        new RuleCase(
            "Attention",
            "with truth values that hide a key and half of another",
            heads()
                .constant("ones", new float[] {1, 1, 0, 0, 1, 0, 1, 1, 0}, 3, 3)
                .node("Cast", "ones -> m", integer("to", 9))
                .node("Attention", "q,k,v,m -> y")),
        new RuleCase(
            "Attention",
            "with a bias that differs by row",
            heads().node("MatMul", "q,kt -> m").node("Attention", "q,k,v,m -> y")),
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
                    integer("kv_num_heads", 2))),
        new RuleCase(
            "Attention",
            "four heads of queries to two of keys, side by side",
            RuleCase.through(3, 8)
                .opset(23)
                .parameter("wk", 8, 4)
                .node("MatMul", "h,wk -> k")
                .node("Sin", "k -> v")
                .parameter("m", 3, 3)
                .node(
                    "Attention",
                    "h,k,v,m -> y",
                    integer("q_num_heads", 4),
                    integer("kv_num_heads", 2),
                    integer("is_causal", 1))));
  }

  private static TinyGraph heads() {
    return RuleCase.through(2, 3, 4)
        .opset(23)
        .node("Identity", "h -> q")
        .node("Tanh", "h -> k")
        .node("Transpose", "k -> kt", ints("perm", 0, 1, 3, 2))
        .node("Sin", "h -> v");
  }
}
