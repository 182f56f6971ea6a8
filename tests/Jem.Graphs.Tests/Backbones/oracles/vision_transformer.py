"""
Vision transformers in float64 with drawn weights: representations, tokens of every block under a mask, and the gradients of
Σ y·δ by all parameters. The modules are first compared with torchvision's own, which parts and names things otherwise.
"""

import sys
from pathlib import Path

import torch
import torchvision

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from drawn import draw, drawn
from tensors import save
from vit import VisionTransformer


def torchvisions(model, width, depth, patch, side):
    """torchvision's transformer with the weights of a model, whose class token it gives."""
    heads = max(1, width // 64)
    other = torchvision.models.VisionTransformer(side, patch, depth, heads, width, 4 * width, num_classes=2)
    other.heads = torch.nn.Identity()
    renamed = {}
    for name, value in model.state_dict().items():
        for ours, theirs in [
            ("blocks.", "encoder.layers.encoder_layer_"), ("norm1", "ln_1"), ("norm2", "ln_2"), ("attn.qkv.", "self_attention.in_proj_"),
            ("attn.proj", "self_attention.out_proj"), ("mlp.fc1", "mlp.0"), ("mlp.fc2", "mlp.3"), ("patch_embed.proj", "conv_proj"),
            ("cls_token", "class_token"), ("pos_embed", "encoder.pos_embedding"),
        ]:
            name = name.replace(ours, theirs)
        renamed[name.replace("norm.", "encoder.ln.")] = value
    other.double().eval().load_state_dict(renamed)
    return other


tensors = {}
for width, depth, patch, side in [(8, 2, 4, 16), (128, 1, 4, 8)]:
    model = drawn(VisionTransformer(width, depth, patch, side))
    images = draw("image", (2, 3, side, side), 0, 2)
    assert torch.allclose(model(images), torchvisions(model, width, depth, patch, side)(images), rtol=1e-10, atol=1e-10)

# The side of the images whose positions are learnt, then that of the images given.
for width, depth, patch, side, given in [(8, 2, 4, 16, 16), (8, 2, 4, 16, 8), (8, 2, 4, 16, 28), (128, 1, 4, 8, 8), (6, 1, 16, 96, 96)]:
    case = f"{width} {depth} {patch} {side} {given}"
    model = drawn(VisionTransformer(width, depth, patch, side))
    y = model(draw("image", (2, 3, given, given), 0, 2))
    tensors[f"{case} y"] = y
    (y * draw("delta", y.shape, 0, 1)).sum().backward()
    for name, parameter in model.named_parameters():
        if parameter.numel() <= 1024:
            tensors[f"{case} gradient.{name}"] = parameter.grad.float()

model = drawn(VisionTransformer(8, 2, 4, 16, masked=True))
mask = torch.tensor([[0, 1] * 8, [1] * 3 + [0] * 13]).double()
blocks, normed = model.tokens(draw("image", (2, 3, 16, 16), 0, 2), mask)
tensors.update({f"masked blocks.{i}": block.float() for i, block in enumerate(blocks)})
tensors.update({"masked mask": mask, "masked normed": normed.float()})
save(__file__, tensors)
