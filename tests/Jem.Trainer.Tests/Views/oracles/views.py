"""Writes views.safetensors: what torchvision's functions on uint8 tensors make of small fixed images.

Run with Debian's python3-torchvision: python3 views.py
Made with torchvision 0.14.1 and torch 1.13.0. Each result is named `operation:parameters`.
"""
import json
import os
import struct

import torch
import torchvision.transforms.functional as F


def fixed_image(channels, height, width, seed):
    """Smooth colours with noise, black and white included."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(1, channels, 4, 4, generator=generator)
    smooth = torch.nn.functional.interpolate(coarse, size=(height, width), mode="bicubic", align_corners=True)[0]
    noise = 0.25 * torch.randn(channels, height, width, generator=generator)
    return ((1.4 * smooth - 0.2 + noise).clamp(0, 1) * 255).to(torch.uint8)


def crop(image, left, top, width, height, side, flip):
    view = F.resized_crop(image, top, left, height, width, [side, side], antialias=True)
    return F.hflip(view) if flip else view


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


# An odd side leaves a tail after the last whole vector.
colour, grey, wide = fixed_image(3, 21, 21, 1), fixed_image(1, 40, 40, 2), fixed_image(3, 30, 37, 3)
results = {"image:colour": colour, "image:grey": grey, "image:wide": wide}
for factor in (0.6, 1.3):
    results[f"brightness:{factor}"] = F.adjust_brightness(colour, factor)
    results[f"contrast:{factor}"] = F.adjust_contrast(colour, factor)
    results[f"grey contrast:{factor}"] = F.adjust_contrast(grey, factor)
    results[f"saturation:{factor}"] = F.adjust_saturation(colour, factor)
for turns in (-0.5, -0.1, 0.07, 0.4):
    results[f"hue:{turns}"] = F.adjust_hue(colour, turns)
results["grey:1"] = F.rgb_to_grayscale(colour, 3)
results["solarize:128"] = F.solarize(colour, 128)
for sigma in (0.3, 1.7):
    results[f"blur:{sigma}"] = F.gaussian_blur(colour, [3, 3], [sigma, sigma])
    results[f"grey blur:{sigma}"] = F.gaussian_blur(grey, [5, 5], [sigma, sigma])
for box in ((0, 0, 37, 30, 16, 0), (5, 3, 24, 20, 16, 1), (11, 7, 9, 13, 20, 0), (30, 25, 3, 5, 11, 1), (3, 2, 33, 28, 5, 0)):
    results["crop:" + ",".join(map(str, box))] = crop(wide, *box)
view = crop(wide, 2, 1, 30, 27, 21, 1)
view = F.adjust_hue(F.adjust_brightness(F.adjust_saturation(F.adjust_contrast(view, 0.8), 1.2), 1.1), -0.05)
results["chain:2,1,30,27,21,1"] = F.solarize(F.gaussian_blur(view, [3, 3], [0.9, 0.9]), 200)
write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "views.safetensors"), results)
