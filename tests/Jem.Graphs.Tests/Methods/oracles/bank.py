"""A memory bank (arXiv:1805.01978) with the loops of its paper: what the replays of npid and pirl share."""

import torch
from torch import nn

from replay import IMAGES, STEPS, unit_rows

COUNT, NEGATIVES, DIMENSION, TEMPERATURE, KEEP = 11, 7, 16, 0.2, 0.5


def ids():
    """Images of each step, some of them twice, and negatives."""
    images = torch.randint(COUNT, (STEPS, IMAGES))
    images[:, 4] = images[:, 1]
    return images, torch.randint(COUNT, (STEPS, NEGATIVES))


class Bank:
    """Its vectors are a state of the method, and so is for noise-contrastive estimation the normalizer, which is 0 until it is known."""

    def __init__(self, method, softmax):
        self.method, self.softmax = method, softmax
        method.states["bank"] = unit_rows(COUNT, DIMENSION)
        if not softmax:
            method.states["normalizer"] = torch.zeros(())

    def loss(self, embedding, images, negatives):
        energies = nn.functional.normalize(embedding) @ self.method.states["bank"].T / TEMPERATURE
        if self.softmax:
            return nn.functional.cross_entropy(energies, images)
        if self.method.states["normalizer"] == 0:
            self.method.states["normalizer"] = COUNT * energies[:, negatives].exp().mean().detach()
        noise = NEGATIVES / COUNT
        loss = 0
        for row, image in zip(energies, images):
            p = row.exp() / self.method.states["normalizer"]
            posterior = p / (p + noise)
            loss = loss - posterior[image].log() - (1 - posterior[negatives]).log().sum()
        return loss / IMAGES

    def update(self, embedding, images):
        bank = self.method.states["bank"].clone()
        for image, v in zip(images, nn.functional.normalize(embedding.detach())):
            mixed = KEEP * self.method.states["bank"][image] + (1 - KEEP) * v
            bank[image] = mixed / mixed.norm()
        self.method.states["bank"] = bank
