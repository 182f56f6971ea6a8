"""Instance discrimination (arXiv:1805.01978): what its two replays share."""

from torch import nn

import bank
import replay
from replay import Method, normalized


class Npid(Method):
    def __init__(self, softmax):
        student = replay.backbone()
        student.projector = nn.Sequential(nn.Linear(student.dimension, bank.DIMENSION))
        super().__init__(student)
        self.bank = bank.Bank(self, softmax)

    def loss(self, batch, scalars):
        self.embedding = self.student.projector(self.student(normalized(batch["views"])))
        return self.bank.loss(self.embedding, batch["image_ids"], batch.get("negatives")), {"embedding": self.embedding}

    def after(self, batch, scalars):
        self.bank.update(self.embedding, batch["image_ids"])


def build(softmax):
    method = Npid(softmax)
    images, negatives = bank.ids()
    return replay.run(method, {"views": replay.views(1), "image_ids": images} | ({} if softmax else {"negatives": negatives}))
