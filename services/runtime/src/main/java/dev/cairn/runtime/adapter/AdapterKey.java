package dev.cairn.runtime.adapter;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a tensor in an adapter's file says: PEFT's {@code
 * base_model.model.a.to_q.lora_A.weight}, diffusers' {@code unet.a.to_q.lora.down.weight}, kohya's
 * {@code lora_unet_a_to_q.lora_down.weight}.
 *
 * @param module of the layer, as it stands there
 */
record AdapterKey(String module, Role role) {

  enum Role {
    /** A, [rank, in, …]. */
    DOWN,
    /** B, [out, rank, …]. */
    UP,
    /** α of the scale α / rank. */
    ALPHA
  }

  private static final Pattern FACTOR =
      Pattern.compile(
          "(?<module>.+?)[._](lora_|lora[._]|lora_linear_layer[._])(?<role>A|B|down|up)"
              + "(\\.[^.]+)?\\.weight");

  private static final Pattern ALPHA = Pattern.compile("(?<module>.+?)([._]lora)?\\.alpha");

  /** What diffusers' attention processors were called before they were part of the layers. */
  private static final Pattern PROCESSOR = Pattern.compile("(.+)\\.processor\\.(to_\\w+)");

  /** Names of what a denoiser is wrapped in, by PEFT, by a pipeline, or for exporting it. */
  private static final Set<String> WRAPPERS =
      Set.of("base_model", "model", "module", "unet", "transformer", "denoiser", "diffusion_model");

  private static final Pattern ONE_WORD = Pattern.compile("lora_(unet|transformer)_(.+)");

  private static final Pattern TEXT_ENCODER = Pattern.compile("(text_encoder|lora_te)\\w*[._].*");

  /** Reads a name; empty where it is none of a LoRA. */
  static Optional<AdapterKey> parse(String name) {
    Matcher factor = FACTOR.matcher(name);
    if (factor.matches()) {
      boolean down = Set.of("A", "down").contains(factor.group("role"));
      return Optional.of(new AdapterKey(layer(factor.group("module")), down ? Role.DOWN : Role.UP));
    }
    Matcher alpha = ALPHA.matcher(name);
    return alpha.matches()
        ? Optional.of(new AdapterKey(layer(alpha.group("module")), Role.ALPHA))
        : Optional.empty();
  }

  static boolean isOfTextEncoder(String name) {
    return TEXT_ENCODER.matcher(name).matches();
  }

  private static String layer(String module) {
    Matcher processor = PROCESSOR.matcher(module);
    if (!processor.matches()) {
      return module;
    }
    String layer = processor.group(2).replaceFirst("_lora$", "");
    return processor.group(1) + "." + (layer.equals("to_out") ? "to_out.0" : layer);
  }

  /** A module's name without what it is wrapped in, in one word as kohya writes it. */
  static String canonical(String module) {
    Matcher word = ONE_WORD.matcher(module);
    String rest = word.matches() ? word.group(2) : module.replace(".base_layer", "");
    for (int dot = rest.indexOf('.');
        dot > 0 && WRAPPERS.contains(rest.substring(0, dot));
        dot = rest.indexOf('.')) {
      rest = rest.substring(dot + 1);
    }
    return rest.replace('.', '_');
  }
}
