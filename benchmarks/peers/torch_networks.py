"""The networks of a training program as PyTorch runs them fastest, with the program's names of parameters."""

import functools
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models.convnext import CNBlockConfig, ConvNeXt

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/Jem.Graphs.Tests/oracles"))
import vit
from resnet import ResNet

TRANSFORMERS = {"vit_tiny": 192, "vit_small": 384}


class Attention(vit.Attention):
    """By PyTorch's own operator, where the oracle spells the formula out."""

    def forward(self, x):
        images, tokens, width = x.shape
        q, k, v = self.qkv(x).reshape(images, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(images, tokens, width))


def backbone(options, image):
    """A network from images to representations, and how long these are."""
    name, large = options["name"], options["stem"] == "large" or (options["stem"] == "auto" and image["size"] >= 96)
    if name == "convnext_tiny":
        width = options["width"] or 96
        widths = [width << stage for stage in range(4)]
        model = ConvNeXt([CNBlockConfig(inputs, outputs, depth) for inputs, outputs, depth in zip(widths, [*widths[1:], None], [3, 3, 9, 3])])
        patch = 4 if large else 2
        model.features[0][0] = nn.Conv2d(image["channels"], width, patch, patch)
        model.classifier[2] = nn.Identity()
        return model, widths[-1]
    if name in TRANSFORMERS:
        width = options["width"] or TRANSFORMERS[name]
        model = vit.VisionTransformer(width, options["depth"] or 12, options["patch"] or (16 if image["size"] >= 96 else 4), image["size"])
        for block in model.blocks:
            block.attn = Attention(width)
        return model, width
    model = ResNet(name, options["width"] or 64, large, lambda: nn.ReLU(inplace=True), image["channels"])
    return model, model.dimension


def caches_are_known():
    """
    Whether the processor tells how large its caches are, which some virtual machines keep to themselves. Without, oneDNN, which convolves for
    PyTorch, divides by zero in 1×1 convolutions, or gives wrong numbers where they skip pixels.
    """
    return Path("/sys/devices/system/cpu/cpu0/cache/index0").exists()


def spare_pointwise_convolutions(network):
    """Has 1×1 convolutions computed in another way, to the same effect."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.kernel_size == (1, 1):
            module.forward = functools.partial(pointwise, module)


def pointwise(conv, x):
    rows, columns = conv.stride
    channels_last = x.is_contiguous(memory_format=torch.channels_last) and not x.is_contiguous()
    x = x[:, :, ::rows, ::columns]
    if channels_last:
        return F.linear(x.permute(0, 2, 3, 1), conv.weight.flatten(1)).permute(0, 3, 1, 2)
    return F.conv2d(x.contiguous(), conv.weight)


def projector(*widths, norm, activation, last_norm=False):
    """Layers with an activation between them; a bias where no norm follows."""
    layers = []
    for i, (inputs, outputs) in enumerate(zip(widths, widths[1:]), 2):
        has_norm = last_norm if i == len(widths) else norm
        layers += [nn.Linear(inputs, outputs, bias=not has_norm)]
        layers += [nn.BatchNorm1d(outputs)] if has_norm else []
        layers += [activation()] if i < len(widths) else []
    return nn.Sequential(*layers)


class LastLayer(nn.Module):
    """Linear with rows of length 1 and no bias."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight_v = nn.Parameter(torch.empty(outputs, inputs))

    def forward(self, x):
        return F.linear(x, F.normalize(self.weight_v))
