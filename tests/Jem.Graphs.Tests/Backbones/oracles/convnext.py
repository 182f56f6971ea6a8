"""torchvision's ConvNeXt at a small width, in float64 with drawn weights: representations, and gradients of Σ y·δ by the parameters of some blocks."""

import sys
from pathlib import Path

import torch
from torchvision.models.convnext import CNBlockConfig, ConvNeXt

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from drawn import draw, drawn
from tensors import save

RECORDED = ("features.0.", "features.1.0.", "features.1.2.", "features.2.", "features.3.1.", "features.4.", "features.6.", "features.7.2.", "classifier.")
WIDTH = 4

tensors = {}
for stem, side in [("small", 20), ("small", 31), ("large", 32)]:
    widths = [WIDTH << stage for stage in range(4)] + [None]
    model = ConvNeXt([CNBlockConfig(width, after, depth) for width, after, depth in zip(widths, widths[1:], [3, 3, 9, 3])])
    if stem == "small":
        model.features[0][0] = torch.nn.Conv2d(3, WIDTH, 2, 2)
    model.classifier[2] = torch.nn.Identity()
    model = drawn(model)
    y = model(draw("image", (2, 3, side, side), 0, 2))
    tensors[f"{stem} {side} y"] = y
    if side != 31:
        (y * draw("delta", y.shape, 0, 1)).sum().backward()
        for name, parameter in model.named_parameters():
            if name.startswith(RECORDED) and parameter.numel() <= 2048:
                tensors[f"{stem} {side} gradient.{name}"] = parameter.grad.float()
save(__file__, tensors)
