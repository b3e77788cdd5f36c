#!/usr/bin/env python3
"""Trains the U-Net of `cairn train` in PyTorch, to compare loss and speed.

Same architecture, initial distribution, data, schedule, optimiser, learning rate, clipping and
batch; only the random numbers differ, so losses agree within the noise between seeds.

    deploy/cairn train --data DATA --widths 16,32 --epochs 20 --seed 1 --out OUT
    load-tests/peers/train_pytorch.py --data DATA --widths 16,32 --epochs 20 --seed 1

Needs PyTorch and NumPy (Debian: python3-torch). Prints the loss, a running mean as `cairn train`
prints it, and steps a second.
"""

import argparse
import math
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Residual(nn.Module):
    def __init__(self, inputs, outputs, embedding, groups):
        super().__init__()
        self.n1, self.n2 = nn.GroupNorm(groups, inputs), nn.GroupNorm(groups, outputs)
        self.c1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.c2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.t = nn.Linear(embedding, outputs)
        self.sc = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, e):
        h = self.c1(F.silu(self.n1(x))) + self.t(e)[:, :, None, None]
        return self.sc(x) + self.c2(F.silu(self.n2(h)))


class Attention(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.n = nn.GroupNorm(groups, channels)
        self.q, self.k, self.v, self.o = (nn.Linear(channels, channels) for _ in range(4))

    def forward(self, x):
        b, c, h, w = x.shape
        s = self.n(x).reshape(b, c, h * w).transpose(1, 2)
        weights = torch.softmax(self.q(s) @ self.k(s).transpose(1, 2) / math.sqrt(c), -1)
        return x + self.o(weights @ self.v(s)).transpose(1, 2).reshape(b, c, h, w)


class Unet(nn.Module):
    """One residual block a level, self-attention at the coarsest, as UnetSpec.of makes it."""

    def __init__(self, channels, widths, patch=1, time_width=16):
        super().__init__()
        groups = next(g for g in (8, 4, 2, 1) if all(w % g == 0 for w in widths))
        wide, last = 4 * time_width, len(widths) - 1
        self.half, self.patch = time_width // 2, patch
        channels *= patch * patch
        self.e1, self.e2 = nn.Linear(time_width, wide), nn.Linear(wide, wide)
        self.inp = nn.Conv2d(channels, widths[0], 3, padding=1)
        self.d, self.down = nn.ModuleList(), nn.ModuleList()
        self.u, self.up = nn.ModuleList(), nn.ModuleList()
        x = widths[0]
        for level, width in enumerate(widths):
            self.d.append(Residual(x, width, wide, groups))
            if level < last:
                self.down.append(nn.Conv2d(width, width, 3, stride=2))
            x = width
        self.m = Residual(x, x, wide, groups)
        self.da, self.ua = Attention(x, groups), Attention(x, groups)
        for level in range(last, -1, -1):
            self.u.append(Residual(x + widths[level], widths[level], wide, groups))
            x = widths[level]
            if level > 0:
                self.up.append(nn.Conv2d(x, widths[level - 1], 3, padding=1))
                x = widths[level - 1]
        self.no = nn.GroupNorm(groups, x)
        self.out = nn.Conv2d(x, channels, 3, padding=1)
        for name, p in self.named_parameters():
            if p.dim() > 1:
                bound = 1 / math.sqrt(p[0].numel())
                nn.init.uniform_(p, -bound, bound)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, x, t):
        frequencies = torch.exp(-math.log(10_000) * torch.arange(self.half) / self.half)
        phases = t[:, None].float() * frequencies
        e = self.e2(F.silu(self.e1(torch.cat([phases.sin(), phases.cos()], -1))))
        e = F.silu(e)
        h, skips = self.inp(F.pixel_unshuffle(x, self.patch)), []
        for level, block in enumerate(self.d):
            h = block(h, e)
            if level == len(self.d) - 1:
                h = self.da(h)
            skips.append(h)
            if level < len(self.down):
                h = self.down[level](F.pad(h, (0, 1, 0, 1)))
        h = self.m(h, e)
        for level, block in enumerate(self.u):
            h = block(torch.cat([h, skips.pop()], 1), e)
            if level == 0:
                h = self.ua(h)
            if level < len(self.up):
                h = self.up[level](F.interpolate(h, scale_factor=2))
        return F.pixel_shuffle(self.out(F.silu(self.no(h))), self.patch)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--widths", default="32,64")
    parser.add_argument("--patch", type=int, default=1)
    parser.add_argument("--epochs", type=float, default=100)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--warmup", type=float, default=0.05)
    parser.add_argument("--clip", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="0: as many as PyTorch takes")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    if options.threads:
        torch.set_num_threads(options.threads)
    images = torch.from_numpy(np.load(options.data + "/images.npy"))
    n = len(images)
    steps = math.ceil(options.epochs * n / options.batch)
    warmup = round(options.warmup * steps)
    model = Unet(images.shape[1], [int(w) for w in options.widths.split(",")], options.patch)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {steps:,} steps")
    alpha_bar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), 0).float()
    optimiser = torch.optim.Adam(model.parameters(), lr=options.learning_rate)
    order, recent, start = torch.empty(0, dtype=torch.long), 0.0, time.perf_counter()
    for step in range(steps):
        if step < warmup:
            rate = options.learning_rate * (step + 1) / (warmup + 1)
        else:
            progress = (step - warmup) / max(1, steps - warmup)
            rate = options.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))
        optimiser.param_groups[0]["lr"] = rate
        while len(order) < options.batch:
            order = torch.cat([order, torch.randperm(n)])
        x0, order = images[order[: options.batch]], order[options.batch :]
        t, noise = torch.randint(1000, (options.batch,)), torch.randn_like(x0)
        signal = alpha_bar[t][:, None, None, None]
        loss = F.mse_loss(model(signal.sqrt() * x0 + (1 - signal).sqrt() * noise, t), noise)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), options.clip)
        optimiser.step()
        recent += max(0.01, 1 / (step + 1)) * (loss.item() - recent)
    seconds = time.perf_counter() - start
    print(f"loss {recent:.4f}, {steps / seconds:.2f} steps/s, {torch.get_num_threads()} threads")


if __name__ == "__main__":
    main()
