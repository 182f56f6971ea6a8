"""SimCLR (arXiv:2002.05709): NT-Xent over two views that go through the network together."""

import torch
from torch import nn

import replay
from replay import IMAGES, Method, mlp, normalized

SEED = 8
HIDDEN, OUTPUT, TEMPERATURE = 24, 16, 0.5


class SimClr(Method):
    def __init__(self):
        student = replay.backbone()
        student.projector = mlp(student.dimension, HIDDEN, OUTPUT)
        super().__init__(student)

    def loss(self, batch, scalars):
        embedding = self.student.projector(self.student(normalized(batch["views"])))
        z = nn.functional.normalize(embedding)
        logits = z @ z.T / TEMPERATURE
        logits.fill_diagonal_(-torch.inf)
        other = (torch.arange(2 * IMAGES) + IMAGES) % (2 * IMAGES)
        return nn.functional.cross_entropy(logits, other), {"embedding": embedding}


def build():
    method = SimClr()
    views = replay.views(2)
    tensors = replay.run(method, {"views": views})
    method.student.eval()
    tensors["encoded"] = method.student(normalized(views[0]))
    return tensors


replay.main(__file__, SEED, build)
