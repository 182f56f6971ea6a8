#!/usr/bin/env python3
"""torch_step.py [--device cuda|cpu] --json FILE

The steps of part d in PyTorch: SimCLR on ResNet-18 and ResNet-50, two views of a batch in one pass, NT-Xent with temperature 0.5, SGD with
momentum; channels_last, in float32 with TF32 and in bfloat16 by autocast. The views lie on the device. Writes images a second.
"""
import argparse
import json
import time

import torch
from torch import nn
from torch.nn import functional as F


def conv(inputs, outputs, side, stride=1):
    return nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False)


class Residual(nn.Module):
    """The block of ResNet-18, or of ResNet-50: as in torchvision, stride in the 3×3 convolution."""

    def __init__(self, inputs, width, stride, deep):
        super().__init__()
        outputs = 4 * width if deep else width
        if deep:
            layers = [conv(inputs, width, 1), nn.BatchNorm2d(width), nn.ReLU(True), conv(width, width, 3, stride)]
        else:
            layers = [conv(inputs, width, 3, stride)]
        layers += [nn.BatchNorm2d(width), nn.ReLU(True), conv(width, outputs, 1 if deep else 3), nn.BatchNorm2d(outputs)]
        self.body = nn.Sequential(*layers)
        same = stride == 1 and inputs == outputs
        self.short = nn.Identity() if same else nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return F.relu(self.body(x) + self.short(x))


def encoder(deep, width, large_stem):
    layers = [conv(3, width, 7, 2) if large_stem else conv(3, width, 3), nn.BatchNorm2d(width), nn.ReLU(True)]
    layers += [nn.MaxPool2d(3, 2, 1)] if large_stem else []
    inputs = width
    for stage, blocks in enumerate((3, 4, 6, 3) if deep else (2, 2, 2, 2)):
        for block in range(blocks):
            layers.append(Residual(inputs, width << stage, 2 if stage and not block else 1, deep))
            inputs = (width << stage) * (4 if deep else 1)
    head = [nn.Linear(inputs, inputs), nn.BatchNorm1d(inputs), nn.ReLU(True), nn.Linear(inputs, 128), nn.BatchNorm1d(128)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), *head)


def loss_of(embeddings, temperature=0.5):
    unit = F.normalize(embeddings.float())
    count = len(unit)
    scores = (unit @ unit.T / temperature).masked_fill(torch.eye(count, dtype=torch.bool, device=unit.device), float("-inf"))
    return F.cross_entropy(scores, torch.arange(count, device=unit.device).roll(count // 2))


def images_per_second(device, deep, width, side, batch, bf16):
    torch.manual_seed(0)
    model = encoder(deep, width, side >= 96).to(device, memory_format=torch.channels_last)
    views = torch.randn(2 * batch, 3, side, side, device=device).contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)

    def run(seconds, least):
        done, began = 0, time.perf_counter()
        while done < least or time.perf_counter() - began < seconds:
            with torch.autocast(device, torch.bfloat16, enabled=bf16):
                embeddings = model(views)
            loss = loss_of(embeddings)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            done += 1
            if done % 10 == 0 and device == "cuda":
                torch.cuda.synchronize()
        if device == "cuda":
            torch.cuda.synchronize()
        return done * batch / (time.perf_counter() - began)

    run(0, 5 if device == "cuda" else 1)
    return run(3, 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--json", required=True)
    chosen = parser.parse_args()
    if chosen.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("PyTorch finds no GPU")
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.allow_tf32 = True
    steps = [("resnet18-w64-32", False, 64, 32, 256), ("resnet50-224", True, 64, 224, 64)]
    if chosen.device == "cpu":
        steps = [("resnet18-w8-32", False, 8, 32, 8)]
    rows = []
    for name, deep, width, side, batch in steps:
        for mode, bf16 in (("fp32 and TF32", False), ("bf16 autocast", True)):
            speed = images_per_second(chosen.device, deep, width, side, batch, bf16)
            rows.append({"name": name, "mode": mode, "images_per_second": speed})
    with open(chosen.json, "w") as file:
        json.dump(rows, file)


if __name__ == "__main__":
    main()
