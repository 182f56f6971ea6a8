"""BYOL (arXiv:2006.07733): the student's prediction of the teacher's embedding of the other view; each view by itself."""

import torch
from torch import nn

import replay
from replay import Method, mlp, normalized

SEED = 809
HIDDEN, OUTPUT, PREDICTOR = 24, 16, 20
MOMENTA = [0.9, 0.91, 0.92, 0.94, 0.95, 0.96, 0.98, 0.99, 1.0, 1.0]


class Byol(Method):
    def __init__(self):
        student = replay.backbone()
        student.projector = mlp(student.dimension, HIDDEN, OUTPUT, last_norm=False)
        student.projector[3] = nn.Linear(HIDDEN, OUTPUT, bias=False)
        student.predictor = mlp(OUTPUT, PREDICTOR, OUTPUT, last_norm=False)
        student.predictor[3] = nn.Linear(PREDICTOR, OUTPUT, bias=False)
        super().__init__(student, teacher=True)
        del self.teacher.predictor

    def loss(self, batch, scalars):
        views = normalized(batch["views"]).chunk(2)
        embeddings = [self.student.projector(self.student(view)) for view in views]
        predictions = [self.student.predictor(embedding) for embedding in embeddings]
        with torch.no_grad():
            targets = [self.teacher.projector(self.teacher(view)) for view in views]
        unit = nn.functional.normalize
        distances = [(unit(p) - unit(t)).square().sum(1).mean() for p, t in zip(predictions, reversed(targets))]
        return sum(distances), {"embedding": torch.cat(embeddings)}

    def after(self, batch, scalars):
        self.follow(scalars["ema_momentum"])


replay.main(__file__, SEED, lambda: replay.run(Byol(), {"views": replay.views(2)}, {"ema_momentum": MOMENTA}))
