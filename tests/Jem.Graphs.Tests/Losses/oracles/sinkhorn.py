"""The codes of SwAV: the matrix of exponentials scaled in turn by prototypes and samples, as arXiv:2006.09882 and its code do, in float64."""

import sys
from pathlib import Path

import torch
from torch.nn.functional import normalize

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save


def codes(scores, epsilon, iterations=3):
    plan = torch.exp(scores / epsilon).T
    plan = plan / plan.sum()
    prototypes, samples = plan.shape
    for _ in range(iterations):
        plan = plan / plan.sum(1, keepdim=True) / prototypes
        plan = plan / plan.sum(0, keepdim=True) / samples
    return (plan * samples).T


torch.manual_seed(0)
tensors = {}
for batch, prototypes in [(6, 3), (24, 10)]:
    scores = normalize(torch.randn(batch, 8)) @ normalize(torch.randn(prototypes, 8)).T
    present = (torch.arange(batch) % 3 != 1).float()
    tensors |= {f"{batch}.scores": scores, f"{batch}.present": present}
    for epsilon in [0.05, 0.2, 1.0]:
        tensors[f"{batch}.{epsilon}.codes"] = codes(scores.double(), epsilon)
        tensors[f"{batch}.{epsilon}.present"] = codes(scores.double()[present == 1], epsilon)
save(__file__, tensors)
