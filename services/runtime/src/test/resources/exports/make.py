"""Makes the exports beside this file: small denoisers with random weights, exported by PyTorch's old and new
exporters, with the gradient of each row's own loss by every parameter, computed by autograd.

    pip install "torch==2.9.1" "onnx" "onnxscript" && python make.py

Each directory gets model.onnx, its inputs, target.npy, out_sample.npy, and gradients.npy (rows x elements): the
gradients of all parameters one after another, under the name and in the shape that each has in the file, as
manifest.json lists them.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import numpy_helper

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
ROWS = 2


def timestep_embedding(t, dim, max_period=10000):
    half = dim // 2
    freqs = torch.exp(-math.log(max_period) * torch.arange(0, half, dtype=torch.float32) / half)
    args = t[:, None].float() * freqs[None]
    return torch.cat([torch.cos(args), torch.sin(args)], dim=-1)


def modulate(x, shift, scale):
    return x * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1)


class Mlp(nn.Module):
    def __init__(s, d, h, act):
        super().__init__()
        s.fc1 = nn.Linear(d, h)
        s.act = act
        s.fc2 = nn.Linear(h, d)

    def forward(s, x):
        return s.fc2(s.act(s.fc1(x)))


class SwiGLU(nn.Module):
    def __init__(s, d, h):
        super().__init__()
        s.w1 = nn.Linear(d, h, bias=False)
        s.w2 = nn.Linear(d, h, bias=False)
        s.w3 = nn.Linear(h, d, bias=False)

    def forward(s, x):
        return s.w3(F.silu(s.w1(x)) * s.w2(x))


class RMS(nn.Module):
    def __init__(s, d):
        super().__init__()
        s.weight = nn.Parameter(torch.ones(d))

    def forward(s, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * s.weight


class Attn(nn.Module):
    def __init__(s, d, heads, rms=False, sdpa=True, builtin=False):
        super().__init__()
        s.h = heads
        s.qkv = nn.Linear(d, 3 * d)
        s.proj = nn.Linear(d, d)
        s.sdpa = sdpa
        R = (lambda n: nn.RMSNorm(n)) if builtin else RMS
        s.qn = R(d // heads) if rms else nn.Identity()
        s.kn = R(d // heads) if rms else nn.Identity()

    def forward(s, x):
        B, N, C = x.shape
        q, k, v = s.qkv(x).reshape(B, N, 3, s.h, C // s.h).permute(2, 0, 3, 1, 4).unbind(0)
        q, k = s.qn(q), s.kn(k)
        if s.sdpa:
            x = F.scaled_dot_product_attention(q, k, v)
        else:
            x = ((q @ k.transpose(-2, -1)) * (C // s.h) ** -0.5).softmax(-1) @ v
        return s.proj(x.transpose(1, 2).reshape(B, N, C))


class DiTBlock(nn.Module):
    def __init__(s, d, heads, kind):
        super().__init__()
        if kind == "plain":
            s.norm1 = nn.LayerNorm(d, elementwise_affine=False, eps=1e-6)
            s.norm2 = nn.LayerNorm(d, elementwise_affine=False, eps=1e-6)
            s.attn = Attn(d, heads)
            s.mlp = Mlp(d, 4 * d, nn.GELU(approximate="tanh"))
        elif kind == "rms":
            s.norm1 = RMS(d)
            s.norm2 = RMS(d)
            s.attn = Attn(d, heads, rms=True, sdpa=False)
            s.mlp = SwiGLU(d, 2 * d)
        else:
            s.norm1 = nn.RMSNorm(d)
            s.norm2 = nn.RMSNorm(d)
            s.attn = Attn(d, heads, rms=True, builtin=True)
            s.mlp = SwiGLU(d, 2 * d)
        s.adaLN_modulation = nn.Sequential(nn.SiLU(), nn.Linear(d, 6 * d))

    def forward(s, x, c):
        a, b, g, d, e, f = s.adaLN_modulation(c).chunk(6, dim=1)
        x = x + g.unsqueeze(1) * s.attn(modulate(s.norm1(x), a, b))
        return x + f.unsqueeze(1) * s.mlp(modulate(s.norm2(x), d, e))


class DiT(nn.Module):
    def __init__(s, size=8, patch=2, ch=4, d=24, heads=3, depth=2, classes=5, kind="plain"):
        super().__init__()
        s.p = patch
        s.g = size // patch
        s.ch = ch
        s.d = d
        s.x_embedder = nn.Conv2d(ch, d, patch, patch)
        s.t_mlp = nn.Sequential(nn.Linear(16, d), nn.SiLU(), nn.Linear(d, d))
        s.y_embedder = nn.Embedding(classes + 1, d)
        s.pos_embed = nn.Parameter(torch.randn(1, s.g * s.g, d) * 0.1)
        s.blocks = nn.ModuleList([DiTBlock(d, heads, kind) for _ in range(depth)])
        s.final_norm = nn.LayerNorm(d, elementwise_affine=False, eps=1e-6)
        s.final_mod = nn.Sequential(nn.SiLU(), nn.Linear(d, 2 * d))
        s.final = nn.Linear(d, patch * patch * ch)

    def forward(s, sample, timestep, class_labels):
        x = s.x_embedder(sample).flatten(2).transpose(1, 2) + s.pos_embed
        c = s.t_mlp(timestep_embedding(timestep, 16).to(sample.dtype)) + s.y_embedder(class_labels)
        for b in s.blocks:
            x = b(x, c)
        sh, sc = s.final_mod(c).chunk(2, dim=1)
        x = s.final(modulate(s.final_norm(x), sh, sc))
        B = x.shape[0]
        x = x.reshape(B, s.g, s.g, s.p, s.p, s.ch)
        x = torch.einsum("nhwpqc->nchpwq", x)
        return x.reshape(B, s.ch, s.g * s.p, s.g * s.p)


class ResBlock(nn.Module):
    def __init__(s, i, o, t):
        super().__init__()
        s.n1 = nn.GroupNorm(4, i)
        s.c1 = nn.Conv2d(i, o, 3, padding=1)
        s.t = nn.Linear(t, 2 * o)
        s.n2 = nn.GroupNorm(4, o)
        s.c2 = nn.Conv2d(o, o, 3, padding=1)
        s.skip = nn.Conv2d(i, o, 1) if i != o else nn.Identity()

    def forward(s, x, e):
        h = s.c1(F.silu(s.n1(x)))
        sc, sh = s.t(F.silu(e))[:, :, None, None].chunk(2, 1)
        h = s.c2(F.silu(s.n2(h) * (1 + sc) + sh))
        return (s.skip(x) + h) / math.sqrt(2)


class AttnBlock(nn.Module):
    def __init__(s, c):
        super().__init__()
        s.n = nn.GroupNorm(4, c)
        s.qkv = nn.Conv1d(c, 3 * c, 1)
        s.o = nn.Conv1d(c, c, 1)

    def forward(s, x):
        B, C, H, W = x.shape
        h = s.n(x).reshape(B, C, H * W)
        q, k, v = s.qkv(h).chunk(3, 1)
        w = torch.einsum("bct,bcs->bts", q * C**-0.25, k * C**-0.25).softmax(-1)
        a = torch.einsum("bts,bcs->bct", w, v)
        return x + s.o(a).reshape(B, C, H, W)


class ResUNet(nn.Module):
    def __init__(s, ch=2, c=8):
        super().__init__()
        s.mlp = nn.Sequential(nn.Linear(16, 24), nn.SiLU(), nn.Linear(24, 24))
        s.inp = nn.Conv2d(ch, c, 3, padding=1)
        s.d1 = ResBlock(c, c, 24)
        s.down = nn.AvgPool2d(2)
        s.d2 = ResBlock(c, 2 * c, 24)
        s.a = AttnBlock(2 * c)
        s.down2 = nn.Conv2d(2 * c, 2 * c, 3, stride=2, padding=1)
        s.m = ResBlock(2 * c, 2 * c, 24)
        s.up2 = nn.ConvTranspose2d(2 * c, 2 * c, 4, 2, 1)
        s.u1 = ResBlock(4 * c, 2 * c, 24)
        s.u2 = ResBlock(3 * c, c, 24)
        s.on = nn.GroupNorm(4, c)
        s.out = nn.Conv2d(c, ch, 3, padding=1)

    def forward(s, sample, timestep):
        e = s.mlp(timestep_embedding(timestep, 16).to(sample.dtype))
        x0 = s.d1(s.inp(sample), e)
        x1 = s.a(s.d2(s.down(x0), e))
        x = s.m(s.down2(x1), e)
        x = s.u1(torch.cat([s.up2(x), x1], 1), e)
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        x = s.u2(torch.cat([x, x0], 1), e)
        return s.out(F.silu(s.on(x)))


class CrossBlock(nn.Module):
    def __init__(s, c, ctx, heads=2):
        super().__init__()
        s.h = heads
        s.norm = nn.GroupNorm(4, c, eps=1e-6)
        s.proj_in = nn.Linear(c, c)
        s.norm1 = nn.LayerNorm(c)
        s.to_q = nn.Linear(c, c, bias=False)
        s.to_k = nn.Linear(c, c, bias=False)
        s.to_v = nn.Linear(c, c, bias=False)
        s.to_out = nn.Linear(c, c)
        s.norm2 = nn.LayerNorm(c)
        s.q2 = nn.Linear(c, c, bias=False)
        s.k2 = nn.Linear(ctx, c, bias=False)
        s.v2 = nn.Linear(ctx, c, bias=False)
        s.o2 = nn.Linear(c, c)
        s.norm3 = nn.LayerNorm(c)
        s.ff1 = nn.Linear(c, 4 * c)
        s.ff2 = nn.Linear(2 * c, c)
        s.proj_out = nn.Linear(c, c)

    def att(s, q, k, v, o):
        B, N, C = q.shape
        f = lambda z: z.view(B, -1, s.h, C // s.h).transpose(1, 2)
        return o(F.scaled_dot_product_attention(f(q), f(k), f(v)).transpose(1, 2).reshape(B, -1, C))

    def forward(s, x, ctx):
        B, C, H, W = x.shape
        h = s.proj_in(s.norm(x).permute(0, 2, 3, 1).reshape(B, H * W, C))
        n = s.norm1(h)
        h = h + s.att(s.to_q(n), s.to_k(n), s.to_v(n), s.to_out)
        n = s.norm2(h)
        h = h + s.att(s.q2(n), s.k2(ctx), s.v2(ctx), s.o2)
        a, g = s.ff1(s.norm3(h)).chunk(2, -1)
        h = h + s.ff2(a * F.gelu(g))
        return x + s.proj_out(h).reshape(B, H, W, C).permute(0, 3, 1, 2)


class TextUNet(nn.Module):
    def __init__(s, ch=4, c=8, ctx=12):
        super().__init__()
        s.mlp = nn.Sequential(nn.Linear(16, 24), nn.SiLU(), nn.Linear(24, 24))
        s.inp = nn.Conv2d(ch, c, 3, padding=1)
        s.d1 = ResBlock(c, c, 24)
        s.x1 = CrossBlock(c, ctx)
        s.down = nn.Conv2d(c, c, 3, stride=2)
        s.d2 = ResBlock(c, 2 * c, 24)
        s.x2 = CrossBlock(2 * c, ctx)
        s.up = nn.Conv2d(2 * c, c, 3, padding=1)
        s.u1 = ResBlock(2 * c, c, 24)
        s.x3 = CrossBlock(c, ctx)
        s.on = nn.GroupNorm(4, c)
        s.out = nn.Conv2d(c, ch, 3, padding=1)

    def forward(s, sample, timestep, encoder_hidden_states):
        e = s.mlp(timestep_embedding(timestep, 16).to(sample.dtype))
        k = encoder_hidden_states
        x0 = s.x1(s.d1(s.inp(sample), e), k)
        x = s.x2(s.d2(s.down(F.pad(x0, (0, 1, 0, 1))), e), k)
        x = s.up(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        x = s.x3(s.u1(torch.cat([x, x0], 1), e), k)
        return s.out(F.silu(s.on(x)))


class ModuleAttention(nn.Module):
    """Named as diffusers names it."""

    def __init__(s, c):
        super().__init__()
        s.to_q = nn.Linear(c, c, bias=False)
        s.to_k = nn.Linear(c, c, bias=False)
        s.to_v = nn.Linear(c, c, bias=False)
        s.to_out = nn.ModuleList([nn.Linear(c, c), nn.Dropout(0.0)])

    def forward(s, x):
        q, k, v = (f(x)[:, None] for f in (s.to_q, s.to_k, s.to_v))
        return s.to_out[1](s.to_out[0](F.scaled_dot_product_attention(q, k, v)[:, 0]))


class ModuleBlock(nn.Module):
    def __init__(s, c):
        super().__init__()
        s.norm = nn.GroupNorm(2, c)
        s.conv = nn.Conv2d(c, c, 3, padding=1)
        s.norm1 = nn.LayerNorm(c)
        s.attn1 = ModuleAttention(c)
        s.ff = nn.Sequential(nn.Linear(c, 2 * c), nn.GELU(), nn.Linear(2 * c, c))

    def forward(s, x):
        B, C, H, W = x.shape
        x = x + s.conv(F.silu(s.norm(x)))
        h = x.flatten(2).transpose(1, 2)
        h = h + s.attn1(s.norm1(h))
        return (h + s.ff(h)).transpose(1, 2).reshape(B, C, H, W)


class ModuleNet(nn.Module):
    """Small, with modules in lists and sequences: for what exporters make of their names."""

    def __init__(s, ch=2, c=6):
        super().__init__()
        s.conv_in = nn.Conv2d(ch, c, 3, padding=1)
        s.time = nn.Linear(8, c)
        s.down_blocks = nn.ModuleList([ModuleBlock(c), ModuleBlock(c)])
        s.conv_out = nn.Conv2d(c, ch, 1)

    def forward(s, sample, timestep):
        t = s.time(timestep_embedding(timestep, 8).to(sample.dtype))
        x = s.conv_in(sample) + t[:, :, None, None]
        for block in s.down_blocks:
            x = block(x)
        return s.conv_out(x)


def inputs(channels, condition, rng):
    given = {
        "sample": torch.randn(ROWS, channels, 8, 8, generator=rng),
        "timestep": torch.randint(0, 1000, (ROWS,), generator=rng),
    }
    if condition == "class_labels":
        given[condition] = torch.randint(0, 5, (ROWS,), generator=rng)
    elif condition:
        given[condition] = torch.randn(ROWS, 5, 12, generator=rng)
    return given


def export(model, given, path, opset, new):
    names, args = list(given), tuple(given.values())
    if new:
        batch = torch.export.Dim("batch", min=1, max=64)
        torch.onnx.export(
            model,
            args,
            path,
            opset_version=opset,
            input_names=names,
            output_names=["out_sample"],
            dynamic_shapes=tuple({0: batch} for _ in names),
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    else:
        axes = {name: {0: "batch"} for name in names + ["out_sample"]}
        torch.onnx.export(
            model,
            args,
            path,
            opset_version=opset,
            input_names=names,
            output_names=["out_sample"],
            dynamic_axes=axes,
            dynamo=False,
        )
    without_traces(path)


def without_traces(path):
    """The new exporter writes stack traces of the machine that it ran on beside every node. What stays is the name
    of the module that a node comes from."""
    model = onnx.load(path)
    graph = model.graph
    for part in [model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output]:
        kept = [p for p in part.metadata_props if p.key == "pkg.torch.onnx.name_scopes"]
        del part.metadata_props[:]
        part.metadata_props.extend(kept)
    for node in graph.node:
        node.doc_string = ""
    onnx.save(model, path)


def gradients(model, given, target):
    """By parameter, rows x shape."""
    rows = []
    for i in range(ROWS):
        model.zero_grad(set_to_none=True)
        out = model(*[value[i : i + 1] for value in given.values()])
        ((out - target[i : i + 1]) ** 2).mean().backward()
        rows.append({name: p.grad.numpy().copy() for name, p in model.named_parameters()})
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def as_in_file(path, model, by_name):
    """The gradients under the names and in the shapes of the file, found by the weights' values."""
    found = {}
    left = {name: p.detach().numpy() for name, p in model.named_parameters()}
    for initializer in onnx.load(path).graph.initializer:
        value = numpy_helper.to_array(initializer).astype(np.float32)
        for name, weight in left.items():
            turned = weight.ndim == 2 and value.shape == weight.T.shape and np.array_equal(value, weight.T)
            if turned or (value.size == weight.size and np.array_equal(value.ravel(), weight.ravel())):
                gradient = by_name[name].swapaxes(1, 2) if turned else by_name[name]
                found[initializer.name] = gradient.reshape((ROWS,) + value.shape)
                del left[name]
                break
    assert not left, left.keys()
    return found


def away_from_initial(model, half=False):
    """No parameter stays all ones or zeros."""
    torch.manual_seed(0)
    model.eval()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.1 * torch.randn(p.shape))
            if half:
                p.copy_(p.half().float())
    return model


def module_net():
    torch.manual_seed(0)
    return ModuleNet()


def make(name, model, channels, condition, opset, new, half=False):
    away_from_initial(model, half)
    given = inputs(channels, condition, torch.Generator().manual_seed(1))
    if half:
        given = {k: v.half().float() if v.is_floating_point() else v for k, v in given.items()}
    directory = HERE / name
    directory.mkdir(exist_ok=True)
    path = str(directory / "model.onnx")
    if half:
        halves = {k: v.half() if v.is_floating_point() else v for k, v in given.items()}
        export(model.half(), halves, path, opset, new)
        model.float()
    else:
        export(model, given, path, opset, new)
    target = torch.randn(given["sample"].shape, generator=torch.Generator().manual_seed(2))
    in_file = as_in_file(path, model, gradients(model, given, target))
    for key, value in given.items():
        np.save(directory / f"{key}.npy", value.numpy())
    np.save(directory / "target.npy", target.numpy())
    np.save(directory / "out_sample.npy", model(*given.values()).detach().numpy())
    np.save(directory / "gradients.npy", np.concatenate([g.reshape(ROWS, -1) for g in in_file.values()], axis=1))
    shapes = [{"name": key, "shape": list(g.shape[1:])} for key, g in in_file.items()]
    (directory / "manifest.json").write_text(json.dumps(shapes, indent=1) + "\n")
    print(name)


if __name__ == "__main__":
    text = "encoder_hidden_states"
    make("residual-unet-opset13", ResUNet(), 2, None, 13, new=False)
    make("text-unet-opset18-dynamo", TextUNet(), 4, text, 18, new=True)
    make("text-unet-opset17-half", TextUNet(), 4, text, 17, new=False, half=True)
    make("transformer-opset16", DiT(d=16, heads=2, depth=1), 4, "class_labels", 16, new=False)
    make("transformer-rms-opset23-dynamo", DiT(d=16, heads=2, depth=1, kind="rms2"), 4, "class_labels", 23, new=True)
    make("modules-opset17", module_net(), 2, None, 17, new=False)
    make("modules-opset18-dynamo", module_net(), 2, None, 18, new=True)
