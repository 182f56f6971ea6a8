"""Representations of narrow ResNets in eval mode, in float64, with weights and images from the seeded stream of their names."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from resnet import ResNet
from seeded_random import fnv1a, seeded, uniform
from tensors import save


def draw(name, shape, centre, bound):
    """Uniform float32 numbers, centre ± bound."""
    generator = seeded(1, fnv1a(name))
    numbers = [uniform(generator, -bound, bound) for _ in range(torch.Size(shape).numel())]
    return torch.tensor(numbers, dtype=torch.float32).reshape(shape).double() + centre


tensors = {}
for name, width, stem, side in [
    ("resnet18", 4, "small", 16),
    ("resnet18", 6, "large", 33),
    ("resnet34", 4, "small", 9),
    ("resnet50", 4, "small", 16),
    ("resnet50", 4, "large", 40),
]:
    model = ResNet(name, width, stem == "large").double().eval()
    for key, value in model.state_dict().items():
        if value.dim() == 4:
            value.copy_(draw(key, value.shape, 0, (6 / (value.shape[0] * value.shape[2] * value.shape[3])) ** 0.5))
        elif value.dim() == 1:
            value.copy_(draw(key, value.shape, 1 if key.endswith(("weight", "running_var")) else 0, 0.5))
    images = draw("image", (2, 3, side, side), 0, 2)
    tensors[f"{name} {width} {stem} {side}"] = model(images)
save(__file__, tensors)
