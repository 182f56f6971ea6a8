"""MoCo (arXiv:1911.05722) with the loops of its pseudo-code: what its two replays share."""

import torch
from torch import nn

import replay
from replay import IMAGES, Method, normalized

# The teacher follows so fast that what it learns is more than rounding.
DIMENSION, EMA = 16, 0.7


class GroupedNorm(nn.Module):
    """A batch norm that sees the groups of a batch, given as lists of images, one after the other as so many machines would."""

    groups = None

    def __init__(self, norm):
        super().__init__()
        self.weight, self.bias = norm.weight, norm.bias
        self.register_buffer("running_mean", norm.running_mean)
        self.register_buffer("running_var", norm.running_var)

    def forward(self, x):
        y, means, variances = torch.empty_like(x), [], []
        for group in GroupedNorm.groups:
            mean, variance = torch.zeros_like(self.running_mean), torch.ones_like(self.running_var)
            y[group] = nn.functional.batch_norm(x[group], mean, variance, self.weight, self.bias, training=True, momentum=1)
            means.append(mean)
            variances.append(variance)
        self.running_mean.lerp_(torch.stack(means).mean(0), 0.1)
        self.running_var.lerp_(torch.stack(variances).mean(0), 0.1)
        return y


def group_norms(module):
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            setattr(module, name, GroupedNorm(child))
        else:
            group_norms(child)


class Moco(Method):
    symmetric = False

    def __init__(self):
        student = replay.backbone()
        student.projector = self.head(student.dimension)
        group_norms(student)
        super().__init__(student, teacher=True)
        self.states["queue"] = replay.unit_rows(self.queue, DIMENSION)

    # Queries are grouped by every splits-th image, keys by neighbours.
    def embed(self, network, images, neighbours):
        order = torch.arange(IMAGES).view((self.splits, -1) if neighbours else (-1, self.splits))
        GroupedNorm.groups = list(order if neighbours else order.T)
        return network.projector(network(images))

    def loss(self, batch, scalars):
        views = list(normalized(batch["views"]).chunk(2))
        queries = [self.embed(self.student, view, False) for view in (views if self.symmetric else views[:1])]
        with torch.no_grad():
            keys = [nn.functional.normalize(self.embed(self.teacher, view, True)) for view in (views if self.symmetric else views[1:])]
        losses = []
        for query, key in zip(queries, keys[::-1]):
            q = nn.functional.normalize(query)
            logits = torch.cat([(q * key).sum(1, keepdim=True), q @ self.states["queue"].T], 1) / self.temperature
            losses.append(nn.functional.cross_entropy(logits, torch.zeros(IMAGES, dtype=torch.long)))
        self.keys = torch.cat(keys)
        return sum(losses) / len(losses), {"embedding": torch.cat(queries)}

    def after(self, batch, scalars):
        self.follow(scalars["ema_momentum"])
        queue, place = self.states["queue"].clone(), scalars["queue_pointer"]
        for key in self.keys:
            queue[place] = key
            place = (place + 1) % self.queue
        self.states["queue"] = queue


def build(method):
    stride = IMAGES * (2 if method.symmetric else 1)
    return replay.run(method, {"views": replay.views(2)}, {
        "ema_momentum": [EMA] * replay.STEPS,
        "queue_pointer": [step * stride % method.queue for step in range(replay.STEPS)],
    })
