"""Representations of narrow ResNets in eval mode, in float64, with weights and images from the seeded stream of their names."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from drawn import draw, drawn
from resnet import ResNet
from tensors import save

tensors = {}
for name, width, stem, side in [
    ("resnet18", 4, "small", 16),
    ("resnet18", 6, "large", 33),
    ("resnet34", 4, "small", 9),
    ("resnet50", 4, "small", 16),
    ("resnet50", 4, "large", 40),
]:
    model = drawn(ResNet(name, width, stem == "large"))
    images = draw("image", (2, 3, side, side), 0, 2)
    tensors[f"{name} {width} {stem} {side}"] = model(images)
save(__file__, tensors)
