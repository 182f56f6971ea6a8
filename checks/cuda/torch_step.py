#!/usr/bin/env python3
"""torch_step.py [--device cuda|cpu] --json FILE

The steps of part d in PyTorch: SimCLR on ResNet-18 and ResNet-50 (two views of a batch in one pass, NT-Xent with temperature 0.5, channels_last)
and DINO on ViT-S/16 (two views of 224 and eight of 96 pixels), SGD with momentum; in float32 with TF32 and in bfloat16 by autocast. The views
lie on the device. Writes images a second and the memory that PyTorch took from the GPU.
"""
import argparse
import copy
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


def resnet(deep, width, large_stem):
    layers = [conv(3, width, 7, 2) if large_stem else conv(3, width, 3), nn.BatchNorm2d(width), nn.ReLU(True)]
    layers += [nn.MaxPool2d(3, 2, 1)] if large_stem else []
    inputs = width
    for stage, blocks in enumerate((3, 4, 6, 3) if deep else (2, 2, 2, 2)):
        for block in range(blocks):
            layers.append(Residual(inputs, width << stage, 2 if stage and not block else 1, deep))
            inputs = (width << stage) * (4 if deep else 1)
    head = [nn.Linear(inputs, inputs), nn.BatchNorm1d(inputs), nn.ReLU(True), nn.Linear(inputs, 128), nn.BatchNorm1d(128)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), *head)


class VisionTransformer(nn.Module):
    """ViT-S and DINO's head on its class token; the positions of smaller views are interpolated."""

    def __init__(self, patch=16, side=224, width=384, depth=12, heads=6, prototypes=4096):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(0.02 * torch.randn(1, 1 + (side // patch) ** 2, width))
        block = nn.TransformerEncoderLayer(width, heads, 4 * width, 0, "gelu", batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, depth, nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Sequential(nn.Linear(width, 2048), nn.GELU(), nn.Linear(2048, 2048), nn.GELU(), nn.Linear(2048, 256))
        self.prototypes = nn.Parameter(torch.randn(prototypes, 256))

    def forward(self, x):
        x = self.patches(x)
        side = x.shape[-1]
        grid = round((self.positions.shape[1] - 1) ** 0.5)
        positions = self.positions[:, 1:]
        if side != grid:
            positions = positions.transpose(1, 2).unflatten(2, (grid, grid))
            positions = F.interpolate(positions, size=(side, side), mode="bicubic", align_corners=False).flatten(2).transpose(1, 2)
        x = x.flatten(2).transpose(1, 2) + positions
        x = torch.cat([(self.token + self.positions[:, :1]).expand(len(x), -1, -1), x], 1)
        return F.normalize(self.head(self.blocks(x)[:, 0])) @ F.normalize(self.prototypes).T


def simclr(device, deep, width, side, batch):
    """A network's parameters and a function that gives the loss of a step."""
    model = resnet(deep, width, side >= 96).to(device, memory_format=torch.channels_last)
    views = torch.randn(2 * batch, 3, side, side, device=device).contiguous(memory_format=torch.channels_last)

    def loss(temperature=0.5):
        unit = F.normalize(model(views).float())
        scores = (unit @ unit.T / temperature).masked_fill(torch.eye(2 * batch, dtype=torch.bool, device=device), float("-inf"))
        return F.cross_entropy(scores, torch.arange(2 * batch, device=device).roll(batch))

    return model.parameters(), loss


def dino(device, batch):
    """The same for DINO, whose teacher follows with every loss."""
    student = VisionTransformer().to(device)
    teacher = copy.deepcopy(student).requires_grad_(False)
    large, small = torch.randn(2 * batch, 3, 224, 224, device=device), torch.randn(8 * batch, 3, 96, 96, device=device)
    center = torch.zeros(4096, device=device)

    def loss():
        with torch.no_grad():
            for kept, new in zip(teacher.parameters(), student.parameters()):
                kept.lerp_(new, 0.004)
            targets = teacher(large).float()
            aims = F.softmax((targets - center) / 0.04, -1).chunk(2)
            center.lerp_(targets.mean(0), 0.1)
        views = [*student(large).float().chunk(2), *student(small).float().chunk(8)]
        logs = [F.log_softmax(view / 0.1, -1) for view in views]
        terms = [-(aim * log).sum(-1).mean() for i, aim in enumerate(aims) for j, log in enumerate(logs) if i != j]
        return sum(terms) / len(terms)

    return student.parameters(), loss


def measure(device, build, batch, bf16):
    torch.manual_seed(0)
    parameters, loss = build()
    optimizer = torch.optim.SGD(parameters, lr=0.03, momentum=0.9)

    def run(seconds, least):
        done, began = 0, time.perf_counter()
        while done < least or time.perf_counter() - began < seconds:
            with torch.autocast(device, torch.bfloat16, enabled=bf16):
                value = loss()
            optimizer.zero_grad(set_to_none=True)
            value.backward()
            optimizer.step()
            done += 1
            if done % 10 == 0 and device == "cuda":
                torch.cuda.synchronize()
        if device == "cuda":
            torch.cuda.synchronize()
        return done * batch / (time.perf_counter() - began)

    run(0, 5 if device == "cuda" else 1)
    if device == "cuda":
        # Algorithms were tried out until here, with memory that steps do not need.
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    return run(3, 3), torch.cuda.max_memory_reserved() if device == "cuda" else 0


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
    device = chosen.device
    steps = [
        ("resnet18-w64-32", 256, lambda: simclr(device, False, 64, 32, 256)),
        ("resnet50-224", 64, lambda: simclr(device, True, 64, 224, 64)),
        ("dino-vit-s16", 64, lambda: dino(device, 64)),
    ]
    if device == "cpu":
        steps = [("resnet18-w8-32", 8, lambda: simclr(device, False, 8, 32, 8))]
    rows = []
    for name, batch, build in steps:
        for mode, bf16 in (("fp32 and TF32", False), ("bf16 autocast", True)):
            speed, size = measure(device, build, batch, bf16)
            rows.append({"name": name, "mode": mode, "images_per_second": speed, "bytes": size})
            with open(chosen.json, "w") as file:
                json.dump(rows, file)


if __name__ == "__main__":
    main()
