"""SimSiam (arXiv:2011.10566): each view's prediction of the other's embedding; a predictor whose rate stays."""

import torch
from torch import nn

import replay
from replay import Method, mlp, normalized

SEED = 1412
HIDDEN, OUTPUT, PREDICTOR = 24, 16, 12


class SimSiam(Method):
    def __init__(self):
        student = replay.backbone()
        student.projector = mlp(student.dimension, HIDDEN, HIDDEN, OUTPUT, last_affine=False)
        student.predictor = mlp(OUTPUT, PREDICTOR, OUTPUT, last_norm=False)
        super().__init__(student)
        # The way back is the way there: cosines of random vectors are near 0, where the relative error of a loss says nothing.
        student.predictor[3].weight.data = 2 * student.predictor[0].weight.data.T.clone()

    def loss(self, batch, scalars):
        z = [self.student.projector(self.student(view)) for view in normalized(batch["views"]).chunk(2)]
        p = [self.student.predictor(embedding) for embedding in z]
        cosine = nn.functional.cosine_similarity
        loss = -(cosine(p[0], z[1].detach()).mean() + cosine(p[1], z[0].detach()).mean()) / 2
        return loss, {"embedding": torch.cat(z)}


def build():
    rates = {"predictor_learning_rate": [0.004] * replay.STEPS}
    return replay.run(SimSiam(), {"views": replay.views(2, noise=5)}, rates, parts=["predictor"])


replay.main(__file__, SEED, build)
