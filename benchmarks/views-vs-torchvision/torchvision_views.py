"""Prints a JSON object like Program.cs's, of torchvision's views.

Usage: torchvision_views.py IMAGES SECONDS pil|tensor

`pil` is the pipeline of the reference code of SimCLR's and MoCo's PyTorch ports: PIL images, PIL's blur, bytes at the end.
`tensor` is torchvision on uint8 tensors, the definition that jem follows.
"""
import json
import os
import sys
import time

import PIL
import torch
import torchvision
from PIL import Image, ImageFilter
from torchvision import transforms
from torchvision.io import decode_jpeg, read_file
from torchvision.transforms.functional import pil_to_tensor, to_pil_image

HERE = os.path.dirname(os.path.abspath(__file__))


class PilBlur:
    def __init__(self, sigma):
        self.sigma = sigma

    def __call__(self, image):
        sigma = torch.empty(1).uniform_(*self.sigma).item()
        return image.filter(ImageFilter.GaussianBlur(radius=sigma))


def pipeline(views, pil):
    size, jitter = views["size"], views.get("jitter", 0.8)
    mode = transforms.InterpolationMode(views.get("interpolation", "bilinear"))
    blur, sigma, kernel = views.get("blur", [0])[0], (0.1, 2.0), 2 * max(1, size // 10 // 2) + 1
    steps = [transforms.RandomResizedCrop(size, views.get("crop_scale", (0.2, 1)), interpolation=mode, antialias=None if pil else True), transforms.RandomHorizontalFlip()]
    if jitter:
        steps.append(transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], jitter))
    if views.get("grey", 0.2):
        steps.append(transforms.RandomGrayscale(views.get("grey", 0.2)))
    if blur:
        steps.append(transforms.RandomApply([PilBlur(sigma) if pil else transforms.GaussianBlur(kernel, sigma)], blur))
    return transforms.Compose(steps + [pil_to_tensor] if pil else steps)


def open_pil(path):
    with Image.open(path) as image:
        return image.convert("RGB")


def open_tensor(path):
    return decode_jpeg(read_file(path), torchvision.io.ImageReadMode.RGB)


def measure(image, count, views, seconds):
    for duration in (1, seconds):
        start, done = time.process_time(), 0
        while time.process_time() - start < duration:
            one = image(done % count)
            for _ in range(2):
                views(one)
            done += 1
        rate = done / (time.process_time() - start)
    return rate


def main(folder, seconds, kind):
    torch.set_num_threads(1)
    pil = kind == "pil"
    decode = open_pil if pil else open_tensor
    with open(os.path.join(folder, "small.bin"), "rb") as file:
        small = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).reshape(-1, 3, 32, 32)
    small = [to_pil_image(image) if pil else image for image in small]
    photos = sorted(os.path.join(folder, "photos", name) for name in os.listdir(os.path.join(folder, "photos")))
    decoded = [decode(path) for path in photos]
    results = {"versions": f"torchvision {torchvision.__version__}, torch {torch.__version__}, Pillow {PIL.__version__}, Python {sys.version.split()[0]}"}
    with open(os.path.join(HERE, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)
    for case in cases:
        images = small if case["images"] == "small" else decoded
        image = (lambda index: decode(photos[index])) if case.get("decode") else (lambda index: images[index])
        results[case["name"]] = measure(image, len(images), pipeline(case["views"], pil), float(seconds))
    print(json.dumps(results))


if __name__ == "__main__":
    main(*sys.argv[1:])
