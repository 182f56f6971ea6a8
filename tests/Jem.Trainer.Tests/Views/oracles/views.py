"""Writes views.safetensors: what torchvision's functions on uint8 tensors make of small fixed images.

Run with Debian's python3-torchvision: python3 views.py
Made with torchvision 0.14.1, torch 1.13.0 and Pillow 9.4.0. A result's name is the program that made it:
the image, then the steps, such as `wide | crop 5,3,24,20 to 16 bicubic | flip | hue 0.07`.
"""
import itertools
import json
import os
import struct

import torch
import torchvision.transforms.functional as F
from torchvision.transforms import InterpolationMode


def fixed_image(channels, height, width, seed):
    """Smooth colours with noise, black and white included."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(1, channels, 4, 4, generator=generator)
    smooth = torch.nn.functional.interpolate(coarse, size=(height, width), mode="bicubic", align_corners=True)[0]
    noise = 0.25 * torch.randn(channels, height, width, generator=generator)
    return ((1.4 * smooth - 0.2 + noise).clamp(0, 1) * 255).to(torch.uint8)


# An odd side leaves a tail after the last whole vector.
IMAGES = {
    "colour": fixed_image(3, 21, 21, 1),
    "grey": fixed_image(1, 24, 24, 2),
    "wide": fixed_image(3, 30, 37, 3),
    "bands": fixed_image(5, 19, 23, 4),
}


def crop(image, box, _to, side, mode, *how):
    """box is left,top,width,height; `how` may be `plain` (no antialias) or `pil`."""
    left, top, width, height = map(int, box.split(","))
    size = [int(side)] * 2
    if mode == "nearest":
        # torch's "nearest" takes the pixel to the upper left; this is later torchvision's NEAREST_EXACT.
        return torch.nn.functional.interpolate(F.crop(image, top, left, height, width)[None].float(), size, mode="nearest-exact")[0].to(torch.uint8)
    if "pil" in how:
        return F.pil_to_tensor(F.resized_crop(F.to_pil_image(image), top, left, height, width, size, InterpolationMode(mode)))
    return F.resized_crop(image, top, left, height, width, size, InterpolationMode(mode), antialias="plain" not in how)


def blur(image, sigma):
    """A tenth of the side, as SimCLR."""
    size = 2 * max(1, image.shape[-1] // 10 // 2) + 1
    return F.gaussian_blur(image, [size, size], [float(sigma)] * 2)


STEPS = {
    "crop": crop,
    "flip": F.hflip,
    "brightness": lambda image, factor: F.adjust_brightness(image, float(factor)),
    "contrast": lambda image, factor: F.adjust_contrast(image, float(factor)),
    "saturation": lambda image, factor: F.adjust_saturation(image, float(factor)),
    "hue": lambda image, turns: F.adjust_hue(image, float(turns)),
    "greyed": lambda image: F.rgb_to_grayscale(image, 3),
    "blur": blur,
    "solarize": lambda image, threshold: F.solarize(image, float(threshold)),
}


def execute(program):
    name, *steps = program.split(" | ")
    view = IMAGES[name]
    for step in steps:
        operation, *values = step.split(" ")
        view = STEPS[operation](view, *values)
    return view


def programs():
    # Smaller, larger, one axis each way, tiny, thin, a single pixel, unchanged.
    boxes = ["0,0,37,30 to 16", "3,2,33,28 to 5", "11,7,9,13 to 20", "2,9,33,6 to 15", "30,25,3,5 to 11", "1,14,35,1 to 9", "36,29,1,1 to 8", "4,4,17,17 to 17"]
    for mode in ("bilinear", "bicubic", "bilinear plain", "bicubic plain", "nearest"):
        for number, box in enumerate(boxes):
            yield f"wide | crop {box} {mode}" + (" | flip" if number % 2 else "")
        yield f"grey | crop 3,1,18,22 to 13 {mode} | flip"
        if mode != "nearest":
            yield f"bands | crop 2,1,20,17 to 12 {mode}"
    for mode in ("bilinear pil", "bicubic pil"):
        for box in boxes[:5]:
            yield f"wide | crop {box} {mode}"
    for factor in (0, 0.6, 1.3, 2.5):
        for operation in ("brightness", "contrast", "saturation"):
            yield f"colour | {operation} {factor}"
        yield f"grey | brightness {factor}"
        yield f"grey | contrast {factor}"
    for turns in (-0.5, -0.37, -0.25, -0.1, -0.01, 0.07, 0.1666667, 0.3333333, 0.4, 0.5):
        yield f"colour | hue {turns}"
    yield "colour | greyed"
    for threshold in (0, 1, 128, 255):
        yield f"colour | solarize {threshold}"
        yield f"grey | solarize {threshold}"
    for sigma in (0.1, 0.8, 2):
        yield f"colour | blur {sigma}"
        yield f"bands | crop 0,0,19,19 to 19 bilinear | blur {sigma}"
        for side in (40, 75, 100):  # kernels of 5, 7 and 11 pixels
            yield f"grey | crop 0,0,24,24 to {side} bilinear | blur {sigma}"
    for order in itertools.permutations(("brightness 1.3", "contrast 0.7", "saturation 1.4", "hue 0.08")):
        yield "colour | " + " | ".join(order)
    for order in itertools.permutations(("brightness 1.3", "contrast 0.7")):
        yield "grey | " + " | ".join(order)
    yield "wide | crop 2,1,30,27 to 21 bilinear | flip | contrast 0.8 | saturation 1.2 | brightness 1.1 | hue -0.05 | blur 0.9 | solarize 200"
    yield "wide | crop 9,4,20,23 to 24 bicubic | hue 0.1 | contrast 1.4 | brightness 0.7 | saturation 0.6 | greyed | blur 1.5"
    yield "wide | crop 0,8,31,18 to 19 bicubic plain | flip | brightness 0.8 | hue -0.1 | saturation 1.4 | contrast 1.2 | solarize 128"
    yield "grey | crop 2,2,20,19 to 31 bicubic | flip | contrast 1.3 | brightness 0.7 | blur 1.1 | solarize 128"


def write(path, tensors):
    header, offset = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "U8", "shape": list(tensor.shape), "data_offsets": [offset, offset + tensor.numel()]}
        offset += tensor.numel()
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.contiguous().numpy().tobytes())


if __name__ == "__main__":
    results = {program: execute(program) for program in programs()}
    write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "views.safetensors"), IMAGES | results)
