"""Barlow Twins as equations 1 and 2 of arXiv:2103.03230 state it, entry by entry, in float64, with PyTorch's BatchNorm1d."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save


def barlow_twins(a, b, weight):
    images, dimension = a.shape
    norm = torch.nn.BatchNorm1d(dimension, affine=False).double()
    a, b = norm(a), norm(b)
    loss = 0
    for i in range(dimension):
        for j in range(dimension):
            correlation = (a[:, i] * b[:, j]).sum() / images
            loss = loss + ((1 - correlation) ** 2 if i == j else weight * correlation**2)
    return loss


torch.manual_seed(0)
tensors = {}
for images, dimension in [(4, 3), (16, 12)]:
    a = torch.randn(images, dimension)
    b = a + 0.5 * torch.randn(images, dimension) + 1
    tensors |= {f"{images}.a": a, f"{images}.b": b}
    for weight, scale in [(0.0051, 1.0), (0.5, 0.1)]:
        x, y = a.double().requires_grad_(), b.double().requires_grad_()
        loss = barlow_twins(x, y, weight) * scale
        loss.backward()
        tensors |= {f"{images}.{weight}.loss": loss, f"{images}.{weight}.gradient.a": x.grad, f"{images}.{weight}.gradient.b": y.grad}
save(__file__, tensors)
