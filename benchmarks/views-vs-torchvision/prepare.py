"""Puts the images of the benchmark into a folder: small.bin, 1000 images [3, 32, 32], and photos/, 256 JPEG files.

Usage: prepare.py FOLDER [--cifar DIR] [--photos DIR]

Without a folder of CIFAR-10's binary version, or of JPEG files of about 160×160 pixels, the images are drawn: smooth
colours with some noise, which compress about as well as photographs do.
"""
import argparse
import os
import shutil

import torch
from torchvision.io import write_jpeg

PHOTOS, SMALL, RECORD = 256, 1000, 1 + 3 * 32 * 32


def drawn(count, side):
    generator = torch.Generator().manual_seed(side)
    coarse = torch.rand(count, 3, 6, 6, generator=generator)
    smooth = torch.nn.functional.interpolate(coarse, size=(side, side), mode="bicubic", align_corners=True)
    noise = 0.05 * torch.randn(count, 3, side, side, generator=generator)
    return ((smooth + noise).clamp(0, 1) * 255).to(torch.uint8)


def small(folder):
    if folder is None:
        return drawn(SMALL, 32).numpy().tobytes()
    with open(os.path.join(folder, "data_batch_1.bin"), "rb") as file:
        return b"".join(file.read(RECORD)[1:] for _ in range(SMALL))


def photos(source, target):
    os.makedirs(target)
    if source is None:
        for index, image in enumerate(drawn(PHOTOS, 160)):
            write_jpeg(image, os.path.join(target, f"{index:03}.jpg"), 90)
        return
    found = sorted(os.path.join(at, name) for at, _, names in os.walk(source) for name in names if name.lower().endswith((".jpg", ".jpeg")))
    if not found:
        raise SystemExit(f"--photos {source}: no JPEG files there.")
    for index, path in enumerate(found[:: max(1, len(found) // PHOTOS)][:PHOTOS]):
        shutil.copyfile(path, os.path.join(target, f"{index:03}.jpg"))


parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--cifar")
parser.add_argument("--photos")
arguments = parser.parse_args()
os.makedirs(arguments.folder, exist_ok=True)
with open(os.path.join(arguments.folder, "small.bin"), "wb") as file:
    file.write(small(arguments.cifar))
photos(arguments.photos, os.path.join(arguments.folder, "photos"))
