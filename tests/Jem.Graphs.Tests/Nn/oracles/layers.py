"""Layers of torch.nn with their gradients, in float64; batch norm over three steps, then in eval mode."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save

torch.manual_seed(0)
tensors = {}


def record(case, module, x):
    """y, and the gradients of Σ y·δ by x and the parameters."""
    tensors[f"{case}.x"] = x
    module.zero_grad(set_to_none=True)
    x = x.double().requires_grad_()
    y = module(x)
    delta = torch.randn(y.shape)
    (y * delta).sum().backward()
    tensors.update({f"{case}.delta": delta, f"{case}.y": y, f"{case}.gradient.x": x.grad})
    for name, parameter in module.named_parameters():
        tensors[f"{case}.gradient.{name}"] = parameter.grad


def given(case, module):
    """A module in float64 whose parameters are float32 numbers, recorded."""
    for name, parameter in module.named_parameters():
        parameter.data = torch.randn(parameter.shape) * 0.5 + 0.1
        tensors[f"{case}.{name}"] = parameter.data
        parameter.data = parameter.data.double()
    return module.double()


for case, module, shape in [
    ("images", torch.nn.BatchNorm2d(3), (4, 3, 5, 5)),
    ("vectors", torch.nn.BatchNorm1d(4), (6, 4)),
    ("plain", torch.nn.BatchNorm1d(4, affine=False), (6, 4)),
]:
    module = given(case, module)
    for step in range(3):
        record(f"{case}.{step}", module, torch.randn(shape) * (1 + step) + step)
        tensors[f"{case}.{step}.running_mean"] = module.running_mean.clone()
        tensors[f"{case}.{step}.running_var"] = module.running_var.clone()
    module.eval()
    record(f"{case}.eval", module, torch.randn(shape))

record("linear", given("linear", torch.nn.Linear(5, 3)), torch.randn(4, 5))
record("bare", given("bare", torch.nn.Linear(5, 3, bias=False)), torch.randn(4, 5))
for kernel, stride in [(1, 1), (1, 2), (3, 1), (3, 2), (7, 2)]:
    case = f"conv{kernel}x{stride}"
    conv = torch.nn.Conv2d(3, 4, kernel, stride, padding=kernel // 2, bias=False)
    record(case, given(case, conv), torch.randn(2, 3, 9, 8))


class Normalize(torch.nn.Module):
    def forward(self, x):
        return torch.nn.functional.normalize(x)


rows = torch.randn(4, 6)
record("normalize", Normalize(), rows)

pixels = torch.randint(256, (2, 3, 4, 4), dtype=torch.uint8)
mean, std = torch.tensor([0.485, 0.456, 0.406]).double(), torch.tensor([0.229, 0.224, 0.225]).double()
tensors["pixels.x"] = pixels
tensors["pixels.mean"], tensors["pixels.std"] = mean, std
tensors["pixels.y"] = (pixels.double() / 255 - mean[:, None, None]) / std[:, None, None]
save(__file__, tensors)
