"""Noise-contrastive estimation as equations 5 to 7 of arXiv:1805.01978 state it, in float64, without logarithms of sums."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save


def nce(positives, negatives, normalizer, images):
    noise = negatives.shape[1] / images

    def posterior(energy):
        p = torch.exp(energy) / normalizer
        return p / (p + noise)

    return -(torch.log(posterior(positives)) + torch.log(1 - posterior(negatives)).sum(1)).mean()


torch.manual_seed(0)
tensors = {}
for batch, draws, images in [(3, 6, 20), (16, 64, 5000)]:
    # Cosines of one's own image are larger; the temperature is the paper's.
    positives, negatives = (torch.rand(batch) * 0.9) / 0.07, (torch.randn(batch, draws) * 0.2).clamp(-1, 1) / 0.07
    normalizer = images * torch.exp(torch.cat([positives[:, None], negatives], 1).double()).mean()
    p, n = positives.double().requires_grad_(), negatives.double().requires_grad_()
    loss = nce(p, n, normalizer, images)
    loss.backward()
    tensors |= {
        f"{batch}.positives": positives,
        f"{batch}.negatives": negatives,
        f"{batch}.normalizer": normalizer,
        f"{batch}.loss": loss,
        f"{batch}.gradient.positives": p.grad,
        f"{batch}.gradient.negatives": n.grad,
    }
save(__file__, tensors)
