"""InfoNCE as equation 1 of arXiv:1911.05722 states it, query by query, in float64."""

import sys
from pathlib import Path

import torch
from torch.nn.functional import normalize

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save


def info_nce(queries, keys, queue, temperature):
    terms = []
    for q, k in zip(normalize(queries, dim=1), normalize(keys, dim=1)):
        positive = torch.exp(q @ k / temperature)
        negatives = sum(torch.exp(q @ negative / temperature) for negative in queue)
        terms.append(-torch.log(positive / (positive + negatives)))
    return sum(terms) / len(terms)


torch.manual_seed(0)
tensors = {}
for images, dimension, length in [(3, 5, 7), (12, 16, 40)]:
    queries, keys = torch.randn(2, images, dimension)
    queue = normalize(torch.randn(length, dimension), dim=1)
    tensors |= {f"{images}.queries": queries, f"{images}.keys": keys, f"{images}.queue": queue}
    for temperature in [0.07, 0.2]:
        q = queries.double().requires_grad_()
        loss = info_nce(q, keys.double(), queue.double(), temperature)
        loss.backward()
        tensors |= {f"{images}.{temperature}.loss": loss, f"{images}.{temperature}.gradient": q.grad}
save(__file__, tensors)
