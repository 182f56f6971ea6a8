"""Writes crop_shares.csv: how often torchvision's RandomResizedCrop is at most so many pixels wide, high, left, down.

Run with Debian's python3-torchvision: python3 crop_shares.py
Made with torchvision 0.14.1: 100,000 draws for each size of image, with torch's own random numbers, seed 1.
"""
import csv
import os

import torch
from torchvision.transforms import RandomResizedCrop

DRAWS = 100_000

torch.manual_seed(1)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "crop_shares.csv"), "w", newline="") as file:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow("image_width image_height quantity pixels share".split())
    # A photograph, of which few tries are turned down, and a strip, of which most are.
    for width, height in ((500, 375), (300, 60)):
        image = torch.empty(1, height, width)
        boxes = torch.tensor([RandomResizedCrop.get_params(image, (0.08, 1), (3 / 4, 4 / 3)) for _ in range(DRAWS)])
        for column, quantity, side in ((3, "width", width), (2, "height", height), (1, "left", width), (0, "top", height)):
            for pixels in range(0, side, side // 15):
                rows.writerow((width, height, quantity, pixels, (boxes[:, column] <= pixels).double().mean().item()))
