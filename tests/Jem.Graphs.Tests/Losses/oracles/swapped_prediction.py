"""SwAV's loss over pairs of views as equations 1, 2 and 6 of arXiv:2006.09882 and main_swav.py compute it, in float64."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save


def swapped_prediction(scores, codes, temperature):
    loss = 0
    for i, code in enumerate(codes):
        terms = []
        for v, score in enumerate(scores):
            if v != i:
                exponentials = torch.exp(score / temperature)
                probabilities = exponentials / exponentials.sum(1, keepdim=True)
                terms.append(-(code * torch.log(probabilities)).sum(1).mean())
        loss = loss + sum(terms) / len(terms)
    return loss / len(codes)


torch.manual_seed(0)
tensors = {}
for batch, prototypes, views, globals_ in [(3, 4, 2, 2), (6, 10, 5, 2), (5, 3, 3, 1)]:
    scores = torch.rand(views, batch, prototypes) * 2 - 1
    codes = torch.softmax(3 * torch.randn(globals_, batch, prototypes), 2)
    s = scores.double().requires_grad_()
    loss = swapped_prediction(s, codes.double(), 0.1)
    loss.backward()
    tensors |= {f"{batch}.scores": scores, f"{batch}.codes": codes, f"{batch}.loss": loss, f"{batch}.gradient": s.grad}
save(__file__, tensors)
