"""NT-Xent as equation 1 of arXiv:2002.05709 states it, row by row, in float64."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save


def nt_xent(z, temperature):
    rows = len(z)
    similarity = torch.nn.functional.cosine_similarity(z[:, None], z[None], dim=2)
    terms = []
    for i in range(rows):
        j = (i + rows // 2) % rows
        negatives = sum(torch.exp(similarity[i, k] / temperature) for k in range(rows) if k != i)
        terms.append(-torch.log(torch.exp(similarity[i, j] / temperature) / negatives))
    return sum(terms) / rows


torch.manual_seed(0)
tensors = {}
for images, dimension in [(3, 5), (12, 16)]:
    embeddings = torch.randn(2 * images, dimension)
    tensors[f"{images}.embeddings"] = embeddings
    for temperature in [0.1, 0.5]:
        z = embeddings.double().requires_grad_()
        loss = nt_xent(z, temperature)
        loss.backward()
        tensors[f"{images}.{temperature}.loss"] = loss
        tensors[f"{images}.{temperature}.gradient"] = z.grad
save(__file__, tensors)
