"""The negative of PyTorch's cosine_similarity, and BYOL's squared distance of unit vectors (arXiv:2006.07733, equation 2), in float64."""

import sys
from pathlib import Path

import torch
from torch.nn.functional import cosine_similarity, normalize

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save

torch.manual_seed(0)
tensors = {}
for batch, dimension in [(3, 5), (12, 16)]:
    predictions, targets = torch.randn(2, batch, dimension)
    p, t = predictions.double().requires_grad_(), targets.double().requires_grad_()
    loss = -cosine_similarity(p, t).mean()
    loss.backward()
    tensors |= {
        f"{batch}.predictions": predictions,
        f"{batch}.targets": targets,
        f"{batch}.loss": loss,
        f"{batch}.byol": ((normalize(p) - normalize(t)) ** 2).sum(1).mean(),
        f"{batch}.gradient.predictions": p.grad,
        f"{batch}.gradient.targets": t.grad,
    }
save(__file__, tensors)
