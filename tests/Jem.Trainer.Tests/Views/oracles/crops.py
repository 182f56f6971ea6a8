"""Writes crops.csv: the boxes of torchvision's RandomResizedCrop.get_params when it draws from jem's random stream.

Run with Debian's python3-torchvision: python3 crops.py
Made with torchvision 0.14.1. The function runs unchanged; only its source of uniform numbers is replaced by a second
implementation of Jem.Graphs.Nn.SeededRandom.
"""
import csv
import os
import random
from unittest import mock

import torch
from torchvision.transforms import RandomResizedCrop, transforms

MASK = (1 << 64) - 1


class SeededRandom:
    """xoshiro256** seeded through SplitMix64."""

    def __init__(self, *seeds):
        self.mix = 0x9E3779B97F4A7C15
        for seed in seeds:
            self.mix = self.split_mix() ^ seed
        self.s = [self.split_mix() for _ in range(4)]

    def split_mix(self):
        self.mix = z = (self.mix + 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def next(self):
        s = self.s
        result = (rotate((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
        return result

    def uniform(self, low, high):
        return low + (high - low) * ((self.next() >> 11) / (1 << 53))


def rotate(x, k):
    return ((x << k) | (x >> (64 - k))) & MASK


class Torch:
    """What get_params takes from torch, with numbers from the stream, in float64."""

    def __init__(self, stream):
        self.stream = stream

    tensor = staticmethod(lambda values: torch.tensor(values, dtype=torch.float64))
    log, exp = torch.log, torch.exp

    def empty(self, _):
        return mock.Mock(uniform_=lambda low, high: torch.tensor([self.stream.uniform(float(low), float(high))], dtype=torch.float64))

    def randint(self, low, high, size):
        return torch.tensor([low + ((self.stream.next() * (high - low)) >> 64)])


def box(seed, width, height, scale, ratio):
    with mock.patch.object(transforms, "torch", Torch(SeededRandom(seed))):
        top, left, h, w = RandomResizedCrop.get_params(torch.empty(1, height, width), scale, ratio)
    return left, top, w, h


choice = random.Random(1)
scales, ratios = [(0.08, 1), (0.2, 1), (0.9, 1), (1, 1)], [(3 / 4, 4 / 3), (0.5, 2), (1, 1), (1.5, 3)]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "crops.csv"), "w", newline="") as file:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow("seed width height scale_low scale_high ratio_low ratio_high left top crop_width crop_height".split())
    for seed in range(600):
        # Ordinary sizes, and ones so long, thin or small that tries are turned down and the central crop decides.
        longest = choice.choice((3, 32, 160, 500))
        size = choice.randint(1, longest), choice.randint(1, longest)
        scale, ratio = choice.choice(scales), choice.choice(ratios)
        rows.writerow((seed, *size, *scale, *ratio, *box(seed, *size, scale, ratio)))
