package dev.cairn.runtime.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterFileTest {

  @TempDir Path temp;

  private final List<String> header = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  @ParameterizedTest
  @CsvSource({
    "base_model.model.mid.attn.to_q.lora_A.weight,              mid_attn_to_q,     DOWN",
    "base_model.model.mid.attn.to_q.lora_B.default.weight,      mid_attn_to_q,     UP",
    "unet.mid.attn.to_q.lora.down.weight,                       mid_attn_to_q,     DOWN",
    "unet.mid.attn.to_out.0.lora.up.weight,                     mid_attn_to_out_0, UP",
    "mid.attn.processor.to_out_lora.up.weight,                  mid_attn_to_out_0, UP",
    "unet.mid.attn.processor.to_k_lora.down.weight,             mid_attn_to_k,     DOWN",
    "unet.mid.to_q.lora_linear_layer.up.weight,                 mid_to_q,          UP",
    "lora_unet_mid_attn_to_q.lora_down.weight,                  mid_attn_to_q,     DOWN",
    "lora_unet_mid_attn_to_q.alpha,                             mid_attn_to_q,     ALPHA",
    "transformer.transformer_blocks.0.attn.to_v.lora_A.weight,  transformer_blocks_0_attn_to_v, DOWN"
  })
  void names_of_every_tool_are_read(String name, String module, AdapterKey.Role role) {
    AdapterKey key = AdapterKey.parse(name).orElseThrow();

    assertThat(AdapterKey.canonical(key.module())).isEqualTo(module);
    assertThat(key.role()).isEqualTo(role);
  }

  @Test
  void what_is_no_low_rank_factor_is_told_apart() {
    assertThat(AdapterKey.parse("base_model.model.to_q.lora_magnitude_vector"))
        .isEqualTo(Optional.empty());
    assertThat(AdapterKey.parse("lora_unet_to_q.hada_w1_a")).isEqualTo(Optional.empty());
    assertThat(AdapterKey.parse("to_q.lora_B.bias")).isEqualTo(Optional.empty());
  }

  @Test
  void the_scale_is_alpha_over_rank_or_one_where_no_alpha_is_told() throws IOException {
    tensor("a.lora.down.weight", "F32", 2, 3);
    tensor("a.lora.up.weight", "F32", 4, 2);
    assertThat(AdapterFile.read(file()).getFirst().scale()).isEqualTo(1);

    tensor("a.alpha", "F32");
    float alpha = 1; // every element is one
    assertThat(AdapterFile.read(file()).getFirst().scale()).isEqualTo(alpha / 2);
  }

  @Test
  void a_configuration_beside_the_file_gives_the_scale_by_module() throws IOException {
    for (String module : List.of("base_model.model.time", "base_model.model.to_q")) {
      tensor(module + ".lora_A.weight", "BF16", 4, 3);
      tensor(module + ".lora_B.weight", "F16", 2, 4);
    }
    Files.writeString(
        temp.resolve("adapter_config.json"),
        "{\"lora_alpha\": 8, \"alpha_pattern\": {\"time\": 6}, \"use_rslora\": true}");

    List<LowRankPair> pairs = AdapterFile.read(file());

    assertThat(pairs).extracting(LowRankPair::scale).containsExactly(3.0, 4.0);
    assertThat(pairs.getFirst().down().values()).hasSize(12).containsOnly(1);
    assertThat(pairs.getFirst().product()[1][2]).isCloseTo(12, within(1e-6));
  }

  @Test
  void a_peft_file_without_its_configuration_is_refused() throws IOException {
    tensor("base_model.model.a.lora_A.weight", "F32", 2, 3);
    tensor("base_model.model.a.lora_B.weight", "F32", 4, 2);

    refused("adapter_config.json", "not beside it");
  }

  @Test
  void factors_of_different_ranks_are_refused_with_both_shapes() throws IOException {
    tensor("a.lora.down.weight", "F32", 2, 3);
    tensor("a.lora.up.weight", "F32", 4, 3);

    refused("the ranks of a differ", "[2, 3]", "[4, 3]");
  }

  @Test
  void half_a_pair_is_refused() throws IOException {
    tensor("a.lora.up.weight", "F32", 4, 3);
    tensor("b.lora.down.weight", "F32", 4, 3);

    refused("a has no factor A");
  }

  @Test
  void adapters_of_other_kinds_and_of_text_encoders_are_refused_by_name() throws IOException {
    tensor("a.lora.down.weight", "F32", 2, 3);
    tensor("a.hada_w1_a", "F32", 2, 3);
    refused("'a.hada_w1_a'", "plain LoRA");

    header.clear();
    tensor("text_encoder.a.lora.down.weight", "F32", 2, 3);
    refused("'text_encoder.a.lora.down.weight' adapts the text encoder");
  }

  @Test
  void an_unsupported_data_type_is_named() throws IOException {
    tensor("a.lora.down.weight", "I8", 2, 3);

    refused("'a.lora.down.weight' has data type I8", "F32, F16 or BF16");
  }

  @Test
  void a_truncated_file_says_what_is_missing() throws IOException {
    tensor("a.lora.down.weight", "F32", 20, 30);
    tensor("a.lora.up.weight", "F32", 40, 20);
    byte[] whole = Files.readAllBytes(file());

    for (int length : new int[] {20, whole.length - 4000, whole.length - 1}) {
      Files.write(path(), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> AdapterFile.read(path()))
          .isInstanceOf(AdapterException.class)
          .hasMessageContaining("truncated");
    }
    Files.write(path(), Arrays.copyOf(whole, 7));
    assertThatThrownBy(() -> AdapterFile.read(path())).hasMessageContaining("not a safetensors");
  }

  @Test
  void a_header_that_lies_is_refused() throws IOException {
    header.add("\"a.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,4]}");
    data.writeBytes(new byte[4]);
    refused("'a.lora_A.weight' has 4 bytes");

    header.set(
        0,
        "\"a.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],"
            + "\"data_offsets\":[0,0]}");
    refused("not what its shape takes");

    header.set(0, "\"a.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}");
    refused("does not say where its data is");

    header.set(0, "not JSON");
    refused("not valid JSON");
  }

  /** Adds a tensor whose every element is one. */
  private void tensor(String name, String type, int... shape) {
    int begin = data.size();
    byte[] one =
        switch (type) {
          case "F32" -> new byte[] {0, 0, (byte) 0x80, 0x3F};
          case "BF16" -> new byte[] {(byte) 0x80, 0x3F};
          case "F16" -> new byte[] {0, 0x3C};
          default -> new byte[] {1};
        };
    int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    for (int i = 0; i < elements; i++) {
      data.writeBytes(one);
    }
    header.add(
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(name, type, Arrays.toString(shape), begin, data.size()));
  }

  private Path path() {
    return temp.resolve("adapter.safetensors");
  }

  /** The tensors so far. */
  private Path file() throws IOException {
    byte[] json = ("{" + String.join(",", header) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    all.putLong(json.length).put(json).put(data.toByteArray());
    return Files.write(path(), all.array());
  }

  private void refused(String... parts) throws IOException {
    Path written = file();
    assertThatThrownBy(() -> AdapterFile.read(written))
        .isInstanceOf(AdapterException.class)
        .hasMessageStartingWith(written + ": ")
        .hasMessageContainingAll(parts);
  }
}
