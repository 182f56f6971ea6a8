"""Prepares images by the Python of a card: NAME.f32 is what it makes of NAME.

usage: prepare_by_the_card.py CARD FOLDER               saves photograph.png of the folder in many forms, and prepares every image there
       prepare_by_the_card.py CARD FILE HEIGHT WIDTH    prepares the samples of a file, channel by channel within a pixel
"""
import pathlib
import re
import sys

import numpy as np
from PIL import Image


def save_in_many_forms(folder):
    def save(name, image, **options):
        image.save(folder / name, **options)

    colours = Image.open(folder / "photograph.png").convert("RGB")
    grey, opacity = colours.getchannel(0), colours.getchannel(2)

    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x112] = orientation
        save(f"turned-{orientation}.jpg", colours, exif=exif, quality=95)

    exif[0x112] = 6
    save("turned-6.png", colours, exif=exif)
    save("colours.webp", colours, lossless=True)
    save("colours.tif", colours)
    save("colours.bmp", colours)
    save("large.jpg", colours.resize((4800, 3600)), quality=95)
    save("rgba.png", Image.merge("RGBA", (*colours.split(), opacity)))
    save("rgba.webp", Image.merge("RGBA", (*colours.split(), opacity)), lossless=True)
    save("grey.png", grey)
    save("grey.jpg", grey, quality=95)
    save("grey-and-opacity.png", Image.merge("LA", (grey, opacity)))
    save("one-colour-clear.png", grey, transparency=int(np.median(grey)))
    save("bits.png", grey.point(lambda level: 255 * (level > 128)).convert("1"))
    palette = colours.quantize(64)
    save("palette.png", palette)
    save("palette-clear.png", palette, transparency=3)
    save("palette-clear.gif", palette, transparency=3)
    save("inks.jpg", colours.convert("CMYK"), quality=95)
    save("inks.tif", colours.convert("CMYK"))
    deep = np.asarray(grey).astype(np.uint16) * 256 + np.asarray(opacity)
    save("grey-16.png", Image.fromarray(deep))
    save("grey-16.tif", Image.fromarray(deep))


card, target, *size = sys.argv[1:]
scope = {}
exec(re.search(r"```python\n(.*?)```", pathlib.Path(card).read_text(encoding="utf-8"), re.DOTALL)[1], scope)
if size:
    images = {target: np.fromfile(target, np.uint8).reshape(*map(int, size), -1)}
else:
    save_in_many_forms(pathlib.Path(target))
    images = {path: path for path in pathlib.Path(target).iterdir()}

for path, image in images.items():
    scope["prepare"](image).tofile(f"{path}.f32")
