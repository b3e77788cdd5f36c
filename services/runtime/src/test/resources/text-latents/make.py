#!/usr/bin/env python3
"""A text-conditional latent pipeline with small random weights, laid out as optimum exports one.

Run with Debian's python3-torch (1.13 or newer) in this directory:  /usr/bin/python3 make.py
"""
import json
import math
import pathlib

import torch
from torch import nn

TOKENS, WIDTH, LATENT, SIDE = 8, 16, 4, 8
WORDS = "a the red green blue dark bright round square circle stripe on left right of".split()


class TextEncoder(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.token = nn.Embedding(words, WIDTH)
        self.position = nn.Embedding(TOKENS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.mix = nn.Linear(WIDTH, WIDTH)

    def forward(self, input_ids):
        states = self.token(input_ids) + self.position.weight[None]
        mean = states.mean(1, keepdim=True)
        return self.norm(states + torch.tanh(self.mix(mean)))


class ImageEncoder(nn.Module):
    """Halves the image once; gives mean and log-variance, as AutoencoderKL's encoder does."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.down = nn.Conv2d(8, 16, 3, stride=2, padding=1)
        self.last = nn.Conv2d(16, 2 * LATENT, 1)

    def forward(self, sample):
        return self.last(nn.functional.silu(self.down(nn.functional.silu(self.first(sample)))))


class CrossAttention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.q = nn.Linear(channels, channels, bias=False)
        self.k = nn.Linear(WIDTH, channels, bias=False)
        self.v = nn.Linear(WIDTH, channels, bias=False)
        self.o = nn.Linear(channels, channels)

    def forward(self, x, states):
        b, c, h, w = x.shape
        rows = self.norm(x.flatten(2).transpose(1, 2))
        weights = torch.softmax(
            self.q(rows) @ self.k(states).transpose(1, 2) / math.sqrt(c), dim=-1)
        out = self.o(weights @ self.v(states))
        return x + out.transpose(1, 2).reshape(b, c, h, w)


class Block(nn.Module):
    def __init__(self, channels, time):
        super().__init__()
        self.norm = nn.GroupNorm(4, channels)
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.time = nn.Linear(time, channels)
        self.attention = CrossAttention(channels)

    def forward(self, x, time, states):
        h = self.conv(nn.functional.silu(self.norm(x))) + self.time(time)[:, :, None, None]
        return self.attention(x + h, states)


class Unet(nn.Module):
    def __init__(self, channels=16, time=16):
        super().__init__()
        self.time_width = time
        self.first = nn.Conv2d(LATENT, channels, 3, padding=1)
        self.time = nn.Linear(time, time)
        self.one = Block(channels, time)
        self.two = Block(channels, time)
        self.last = nn.Conv2d(channels, LATENT, 3, padding=1)

    def forward(self, sample, timestep, encoder_hidden_states):
        half = self.time_width // 2
        rates = torch.exp(-math.log(10000.0) * torch.arange(half, dtype=torch.float32) / half)
        angles = timestep.float()[:, None] * rates[None]
        time = nn.functional.silu(self.time(torch.cat([angles.sin(), angles.cos()], dim=1)))
        h = self.first(sample)
        h = self.one(h, time, encoder_hidden_states)
        h = self.two(h, time, encoder_hidden_states)
        return self.last(nn.functional.silu(h))


def export(model, inputs, names, output, axes, file):
    file.parent.mkdir(exist_ok=True)
    torch.onnx.export(
        model.eval(), inputs, str(file), input_names=names, output_names=[output],
        dynamic_axes=axes, opset_version=14)


def write(file, document):
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(document, indent=1) + "\n")


def special(content, number):
    return {"id": number, "content": content, "single_word": False, "lstrip": False,
            "rstrip": False, "normalized": False, "special": True}


def main():
    here = pathlib.Path(__file__).parent
    torch.manual_seed(0)
    vocabulary = {"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3}
    for word in WORDS:
        vocabulary[word] = len(vocabulary)
    export(
        Unet(), (torch.randn(2, LATENT, SIDE, SIDE), torch.tensor([3, 9]),
                 torch.randn(2, TOKENS, WIDTH)),
        ["sample", "timestep", "encoder_hidden_states"], "out_sample",
        {"sample": {0: "batch_size", 1: "num_channels", 2: "height", 3: "width"},
         "timestep": {0: "steps"},
         "encoder_hidden_states": {0: "batch_size", 1: "sequence_length"}},
        here / "unet/model.onnx")
    export(
        ImageEncoder(), (torch.randn(1, 3, 2 * SIDE, 2 * SIDE),), ["sample"], "latent_parameters",
        {"sample": {0: "batch_size", 1: "num_channels", 2: "height", 3: "width"}},
        here / "vae_encoder/model.onnx")
    export(
        TextEncoder(len(vocabulary)), (torch.zeros(1, TOKENS, dtype=torch.int64),),
        ["input_ids"], "last_hidden_state", {"input_ids": {0: "batch_size"}},
        here / "text_encoder/model.onnx")
    write(here / "unet/config.json",
          {"_class_name": "UNet2DConditionModel", "in_channels": LATENT, "sample_size": SIDE,
           "cross_attention_dim": WIDTH})
    write(here / "vae_encoder/config.json",
          {"_class_name": "AutoencoderKL", "block_out_channels": [8, 16], "scaling_factor": 0.5})
    write(here / "text_encoder/config.json",
          {"_class_name": "CLIPTextModel", "max_position_embeddings": TOKENS})
    write(here / "scheduler/scheduler_config.json",
          {"_class_name": "DDIMScheduler", "num_train_timesteps": 1000,
           "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
           "prediction_type": "epsilon", "clip_sample": False, "set_alpha_to_one": False,
           "steps_offset": 1})
    write(here / "tokenizer/tokenizer_config.json",
          {"model_max_length": TOKENS, "pad_token": "<pad>", "tokenizer_class": "CLIPTokenizer"})
    write(here / "tokenizer/tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [special(t, vocabulary[t]) for t in ("<pad>", "<s>", "</s>", "<unk>")],
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
            "type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1],
            "trim_offsets": False, "add_prefix_space": False},
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "<unk>"}})
    write(here / "model_index.json",
          {"_class_name": "StableDiffusionPipeline",
           "unet": ["diffusers", "UNet2DConditionModel"],
           "scheduler": ["diffusers", "DDIMScheduler"],
           "text_encoder": ["transformers", "CLIPTextModel"],
           "tokenizer": ["transformers", "CLIPTokenizer"],
           "vae_encoder": ["diffusers", "AutoencoderKL"]})


if __name__ == "__main__":
    main()
