#!/usr/bin/env python3
"""Per-example gradients and a dense JL projection to K features in PyTorch, beside `feature-cost`.

The same U-Net, rows, cores and K as `load-tests/feature-cost --size SIZE`. Gradients come from
functorch's vmap(grad) or from a loop over examples, whichever is faster here. The projection is a
dense matrix of random signs, block by block; one block is made beforehand and used for all, so the
time to draw signs, which a real run has as well, is not counted.

    load-tests/peers/features_pytorch.py --size medium

Needs PyTorch 1.13 or newer (Debian: python3-torch, and libopenblas0-pthread for a fast BLAS).
"""

import argparse
import resource
import time

import torch
from torch.nn import functional as F

from train_pytorch import Unet

try:
    from torch.func import functional_call, grad, vmap
    make_functional = None
except ImportError:
    from functorch import grad, make_functional, vmap

SIZES = {  # as dev.cairn.load.ModelSize
    "small": (1, 16, (32, 64)),
    "medium": (3, 32, (64, 128)),
    "large": (3, 32, (128, 256)),
}
BLOCK = 8192


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def loop(model, x, t, target):
    parameters = list(model.parameters())
    rows = []
    for i in range(len(x)):
        loss = F.mse_loss(model(x[i:i + 1], t[i:i + 1]), target[i:i + 1])
        rows.append(torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, parameters)]))
    return torch.stack(rows)


def mapped(model):
    if make_functional:
        function, parameters = make_functional(model)
    else:
        parameters = dict(model.named_parameters())

        def function(p, x, t):
            return functional_call(model, p, (x, t))

    def loss(p, x, t, target):
        return F.mse_loss(function(p, x[None], t[None]), target[None])

    each = vmap(grad(loss), in_dims=(None, 0, 0, 0))

    def gradients(x, t, target):
        found = each(parameters, x, t, target)
        values = found.values() if isinstance(found, dict) else found
        return torch.cat([g.reshape(len(x), -1) for g in values], dim=1)

    return gradients


def project(gradients, signs):
    features = torch.zeros(len(gradients), signs.shape[1])
    for start in range(0, gradients.shape[1], BLOCK):
        part = gradients[:, start:start + BLOCK]
        features += part @ signs[:part.shape[1]]
    return features


def seconds(work, repetitions):
    work()
    best = float("inf")
    for _ in range(repetitions):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="medium")
    parser.add_argument("--dimension", type=int, default=4096)
    parser.add_argument("--rows", type=int, default=32)
    parser.add_argument("--repetitions", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)  # process_time then is the time of one core
    torch.manual_seed(1)
    channels, side, widths = SIZES[options.size]
    model = Unet(channels, widths)
    parameters = sum(p.numel() for p in model.parameters())
    x, target = torch.randn(2, options.rows, channels, side, side)
    t = torch.randint(0, 1000, (options.rows,))
    signs = torch.randint(0, 2, (BLOCK, options.dimension)).float() * 2 - 1

    def forward():
        with torch.no_grad():
            model(x, t)

    per_example = mapped(model)
    check = (per_example(x[:2], t[:2], target[:2]) - loop(model, x[:2], t[:2], target[:2])).norm()
    assert check < 1e-3, check
    rest = resident()
    times = {
        "vmap(grad)": seconds(lambda: per_example(x, t, target), options.repetitions),
        "loop": seconds(lambda: loop(model, x, t, target), options.repetitions),
    }
    name = min(times, key=times.get)
    gradients = per_example(x, t, target)
    projection = seconds(lambda: project(gradients, signs), 1)
    ahead = seconds(forward, options.repetitions)
    row = 1000 / options.rows
    total = times[name] + projection
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{options.size}: {parameters:,} parameters, {options.rows} rows, K = {options.dimension},"
          f" one core")
    print(f"forward {ahead * row:.2f} ms a row; " + "; ".join(
        f"{n} {s * row:.2f}" for n, s in times.items()) + f"; projection {projection * row:.2f}")
    print(f"features {total * row:.2f} ms a row, {options.rows / total:.2f} rows/s"
          f" ({name}, {total / ahead:.1f} forward passes);"
          f" memory {rest / 1e6:.0f} MB at rest, {peak / 1e6:.0f} MB at most")


if __name__ == "__main__":
    main()
