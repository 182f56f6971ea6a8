"""VICReg (arXiv:2105.04906): three terms over two views' embeddings; each view goes through the network by itself."""

import torch

import replay
from replay import IMAGES, Method, Relu, mlp, normalized

SEED = 40
HIDDEN, OUTPUT = 24, 16
INVARIANCE, VARIANCE, COVARIANCE = 2.5, 1.5, 0.5


class Vicreg(Method):
    def __init__(self):
        student = replay.backbone()
        student.expander = mlp(student.dimension, HIDDEN, HIDDEN, OUTPUT, last_norm=False, bias=False)
        super().__init__(student)
        self.relu = Relu()

    def loss(self, batch, scalars):
        z = [self.student.expander(self.student(view)) for view in normalized(batch["views"]).chunk(2)]
        invariance = torch.nn.functional.mse_loss(*z)
        variance = sum(self.relu(1 - (v.var(0) + 1e-4).sqrt()).mean() for v in z) / 2
        covariance = 0
        for v in z:
            matrix = torch.cov(v.T)
            covariance += (matrix - matrix.diag().diag()).square().sum() / OUTPUT
        loss = INVARIANCE * invariance + VARIANCE * variance + COVARIANCE * covariance
        terms = {"invariance": invariance, "variance": variance, "covariance": covariance}
        return loss, {"embedding": torch.cat(z), **terms}


replay.main(__file__, SEED, lambda: replay.run(Vicreg(), {"views": replay.views(2)}))
