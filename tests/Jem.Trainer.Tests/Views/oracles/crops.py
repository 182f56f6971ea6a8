"""Writes crops.csv: the boxes of torchvision's RandomResizedCrop.get_params when it draws from jem's random stream.

Run with Debian's python3-torchvision: python3 crops.py
Made with torchvision 0.14.1. The function runs unchanged; only its source of uniform numbers is replaced by the second
implementation of Jem.Graphs.Nn.SeededRandom, seeded_random.py of the tests of Jem.Graphs.
"""
import csv
import os
import random
import sys
from unittest import mock

import torch
from torchvision.transforms import RandomResizedCrop, transforms

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "Jem.Graphs.Tests", "oracles"))
from seeded_random import seeded, uniform  # noqa: E402


class Torch:
    """What get_params takes from torch, with numbers from the stream, in float64."""

    def __init__(self, stream):
        self.stream = stream

    tensor = staticmethod(lambda values: torch.tensor(values, dtype=torch.float64))
    log, exp = torch.log, torch.exp

    def empty(self, _):
        return mock.Mock(uniform_=lambda low, high: torch.tensor([uniform(self.stream, float(low), float(high))], dtype=torch.float64))

    def randint(self, low, high, size):
        return torch.tensor([low + ((self.stream.next() * (high - low)) >> 64)])


def box(seed, width, height, scale, ratio):
    with mock.patch.object(transforms, "torch", Torch(seeded(seed))):
        top, left, h, w = RandomResizedCrop.get_params(torch.empty(1, height, width), scale, ratio)
    return left, top, w, h


choice = random.Random(1)
scales, ratios = [(0.08, 1), (0.2, 1), (0.9, 1), (1, 1)], [(3 / 4, 4 / 3), (0.5, 2), (1, 1), (1.5, 3)]
with open(os.path.join(HERE, "crops.csv"), "w", newline="") as file:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow("seed width height scale_low scale_high ratio_low ratio_high left top crop_width crop_height".split())
    for seed in range(600):
        # Ordinary sizes, and ones so long, thin or small that tries are turned down and the central crop decides.
        longest = choice.choice((3, 32, 160, 500))
        size = choice.randint(1, longest), choice.randint(1, longest)
        scale, ratio = choice.choice(scales), choice.choice(ratios)
        rows.writerow((seed, *size, *scale, *ratio, *box(seed, *size, scale, ratio)))
