"""Makes the adapters beside this file: for the small model of ../exports/modules-*, in the forms in which PEFT,
diffusers and kohya's scripts save adapters, with what PyTorch computes while each is active.

    pip install "torch==2.9.1" "onnx" "onnxscript" "peft" "safetensors" && python make.py

Each directory gets the adapter's file, out_sample.npy, gradients.npy (rows x elements) and manifest.json: the
gradients by both factors of every layer, one after another. Inputs and target are those of ../exports/modules-opset17.
peft/ also has the model with the adapter merged into its weights, as merged.onnx.
"""

import json
import pathlib
import sys

import numpy as np
import peft
import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
EXPORTS = HERE.parent / "exports"
sys.path.insert(0, str(EXPORTS))
sys.dont_write_bytecode = True
import make as exports  # noqa: E402

MODEL = EXPORTS / "modules-opset17"
ROWS = exports.ROWS


def adapted(dtype, **options):
    """The model with an adapter of random factors that a data type can hold."""
    net = exports.away_from_initial(exports.module_net())
    given = {name: torch.from_numpy(np.load(MODEL / f"{name}.npy")) for name in ["sample", "timestep"]}
    assert np.allclose(net(*given.values()).detach(), np.load(MODEL / "out_sample.npy"), atol=1e-6)
    model = peft.get_peft_model(net, peft.LoraConfig(init_lora_weights=False, **options)).eval()
    torch.manual_seed(3)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "lora_" in name:
                p.copy_((0.3 * torch.randn(p.shape)).to(dtype).float())
    return model, given


def expect(directory, model, given):
    target = torch.from_numpy(np.load(MODEL / "target.npy"))
    rows = []
    for i in range(ROWS):
        model.zero_grad(set_to_none=True)
        out = model(*[value[i : i + 1] for value in given.values()])
        ((out - target[i : i + 1]) ** 2).mean().backward()
        rows.append({n: p.grad.numpy().copy() for n, p in model.named_parameters() if p.grad is not None})
    plain = {n: n.removeprefix("base_model.model.").replace(".default", "") for n in rows[0]}
    shapes = [{"name": plain[n], "shape": list(g.shape)} for n, g in rows[0].items()]
    np.save(directory / "out_sample.npy", model(*given.values()).detach().numpy())
    np.save(directory / "gradients.npy", np.stack([np.concatenate([g.ravel() for g in r.values()]) for r in rows]))
    (directory / "manifest.json").write_text(json.dumps(shapes, indent=1) + "\n")


def factors(model):
    """By module: down, up, alpha."""
    for name, module in model.named_modules():
        if hasattr(module, "lora_A") and len(module.lora_A):
            down, up = module.lora_A["default"].weight, module.lora_B["default"].weight
            alpha = module.scaling["default"] * down.shape[0]
            yield name.removeprefix("base_model.model."), down.detach(), up.detach(), torch.tensor(float(alpha))


def peft_file():
    directory = HERE / "peft"
    model, given = adapted(
        torch.float32,
        r=2,
        lora_alpha=3,
        target_modules=["to_q", "to_v", "to_out.0", "ff.0", "conv", "time", "conv_out"],
        rank_pattern={"conv": 3},
        alpha_pattern={"time": 5},
    )
    directory.mkdir(exist_ok=True)
    model.save_pretrained(directory)
    (directory / "README.md").unlink(missing_ok=True)
    expect(directory, model, given)
    exports.export(model.merge_and_unload(), given, str(directory / "merged.onnx"), 17, False)


def diffusers_file():
    directory = HERE / "diffusers"
    model, given = adapted(torch.float16, r=2, lora_alpha=1, target_modules=["to_k", "to_q", "ff.2"])
    directory.mkdir(exist_ok=True)
    tensors = {}
    for module, down, up, alpha in factors(model):
        tensors[f"unet.{module}.lora.down.weight"] = down.half().contiguous()
        tensors[f"unet.{module}.lora.up.weight"] = up.half().contiguous()
        tensors[f"unet.{module}.alpha"] = alpha
    save_file(tensors, directory / "pytorch_lora_weights.safetensors", metadata={"format": "pt"})
    expect(directory, model, given)


def kohya_file():
    directory = HERE / "kohya"
    model, given = adapted(torch.bfloat16, r=3, lora_alpha=4, target_modules=["to_out.0", "conv_in"], use_rslora=True)
    directory.mkdir(exist_ok=True)
    tensors = {}
    for module, down, up, alpha in factors(model):
        name = "lora_unet_" + module.replace(".", "_")
        tensors[f"{name}.lora_down.weight"] = down.bfloat16().contiguous()
        tensors[f"{name}.lora_up.weight"] = up.bfloat16().contiguous()
        tensors[f"{name}.alpha"] = alpha
    save_file(tensors, directory / "adapter.safetensors", metadata={"ss_network_dim": "3"})
    expect(directory, model, given)


if __name__ == "__main__":
    peft_file()
    diffusers_file()
    kohya_file()
