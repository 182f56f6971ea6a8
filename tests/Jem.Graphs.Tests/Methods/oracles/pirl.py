"""PIRL (arXiv:1912.01991): what its two replays share."""

import torch
from torch import nn

import bank
import replay
from replay import IMAGES, Method, normalized

GRID, PATCH, WEIGHT = 3, 4, 0.4


class Pirl(Method):
    def __init__(self, softmax):
        student = replay.backbone()
        student.projector = nn.Sequential(nn.Linear(student.dimension, bank.DIMENSION))
        student.jigsaw = nn.ModuleDict({
            "patch": nn.Linear(student.dimension, bank.DIMENSION),
            "image": nn.Linear(GRID**2 * bank.DIMENSION, bank.DIMENSION),
        })
        super().__init__(student)
        self.bank = bank.Bank(self, softmax)

    def loss(self, batch, scalars):
        network, head = self.student, self.student.jigsaw
        patches = head["patch"](network(normalized(batch["patches"]))).split(IMAGES)
        jigsaw = head["image"](torch.cat(patches, 1))
        self.embedding = network.projector(network(normalized(batch["views"])))
        jigsaw_loss, image_loss = (self.bank.loss(z, batch["image_ids"], batch.get("negatives")) for z in (jigsaw, self.embedding))
        reported = {"embedding": self.embedding, "jigsaw_loss": jigsaw_loss, "image_loss": image_loss}
        return WEIGHT * jigsaw_loss + (1 - WEIGHT) * image_loss, reported

    def after(self, batch, scalars):
        self.bank.update(self.embedding, batch["image_ids"])


def build(softmax):
    method = Pirl(softmax)
    images, negatives = bank.ids()
    batches = {"views": replay.views(1), "patches": replay.views(GRID**2, PATCH), "image_ids": images}
    return replay.run(method, batches if softmax else batches | {"negatives": negatives})
