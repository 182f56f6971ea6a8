"""Barlow Twins (arXiv:2103.03230): the cross-correlation of two views' embeddings towards the identity; each view by itself."""

import torch
from torch import nn

import replay
from replay import IMAGES, Method, mlp, normalized

SEED = 12
HIDDEN, OUTPUT, LAMBDA, SCALE = 24, 16, 0.02, 0.01


class BarlowTwins(Method):
    def __init__(self):
        student = replay.backbone()
        student.projector = mlp(student.dimension, HIDDEN, HIDDEN, OUTPUT, last_norm=False, bias=False)
        super().__init__(student)
        self.norm = nn.BatchNorm1d(OUTPUT, affine=False)

    def loss(self, batch, scalars):
        a, b = (self.student.projector(self.student(view)) for view in normalized(batch["views"]).chunk(2))
        self.norm.double()
        correlation = self.norm(a).T @ self.norm(b) / IMAGES
        on_diagonal = torch.eye(OUTPUT, dtype=torch.bool)
        loss = (1 - correlation[on_diagonal]).square().sum() + LAMBDA * correlation[~on_diagonal].square().sum()
        return SCALE * loss, {"embedding": torch.cat([a, b])}


replay.main(__file__, SEED, lambda: replay.run(BarlowTwins(), {"views": replay.views(2)}))
