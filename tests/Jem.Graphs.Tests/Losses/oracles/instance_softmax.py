"""The non-parametric softmax as equation 2 of arXiv:1805.01978 states it, image by image, in float64."""

import sys
from pathlib import Path

import torch
from torch.nn.functional import normalize

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save


def instance_softmax(embeddings, bank, ids, temperature):
    terms = []
    for v, i in zip(normalize(embeddings, dim=1), ids):
        exponentials = [torch.exp(row @ v / temperature) for row in bank]
        terms.append(-torch.log(exponentials[i] / sum(exponentials)))
    return sum(terms) / len(terms)


torch.manual_seed(0)
tensors = {}
for batch, dimension, images in [(3, 5, 7), (12, 16, 50)]:
    embeddings = torch.randn(batch, dimension)
    bank = normalize(torch.randn(images, dimension), dim=1)
    ids = torch.randint(images, (batch,))
    ids[1] = ids[0]
    tensors |= {f"{batch}.embeddings": embeddings, f"{batch}.bank": bank, f"{batch}.ids": ids.double()}
    for temperature in [0.07, 0.1]:
        z = embeddings.double().requires_grad_()
        loss = instance_softmax(z, bank.double(), ids, temperature)
        loss.backward()
        tensors |= {f"{batch}.{temperature}.loss": loss, f"{batch}.{temperature}.gradient": z.grad}
save(__file__, tensors)
