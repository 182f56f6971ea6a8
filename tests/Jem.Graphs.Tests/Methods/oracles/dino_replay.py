"""DINO (arXiv:2104.14294): two global and two local views, a teacher with a centre and a moving temperature, a last layer that rests for two steps."""

import torch
from torch import nn

import replay
from replay import IMAGES, STEPS, Method, normalized

SEED = 49
HIDDEN, BOTTLENECK, OUTPUTS = 24, 8, 12
TEMPERATURE, CENTER_MOMENTUM = 0.1, 0.9
TEACHER_TEMPERATURES = [0.06 + 0.04 * min(1, (step + 1) / 4) for step in range(STEPS)]
EMA_MOMENTA = [0.6 + 0.04 * step for step in range(STEPS)]
LOCAL, FROZEN = 5, (1, 2)


class LastLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight_v = nn.Parameter(nn.Linear(BOTTLENECK, OUTPUTS).weight.detach())

    def forward(self, x):
        lengths = torch.ones(OUTPUTS, 1, dtype=x.dtype)
        return nn.functional.linear(x, torch._weight_norm(self.weight_v, lengths, 0))


def outputs(network, *images):
    """The backbone sees each size by itself, the head all views together."""
    network.bottleneck = nn.functional.normalize(network.projector(torch.cat([network(x) for x in images])))
    return network.last_layer(network.bottleneck)


class Dino(Method):
    def __init__(self):
        student = replay.backbone()
        student.projector = nn.Sequential(
            nn.Linear(student.dimension, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, BOTTLENECK))
        student.last_layer = LastLayer()
        super().__init__(student, teacher=True)
        self.states = {"center": 0.1 * torch.randn(OUTPUTS)}

    def loss(self, batch, scalars):
        views, local_views = normalized(batch["views"]), normalized(batch["local_views"])
        students = outputs(self.student, views, local_views).split(IMAGES)
        with torch.no_grad():
            self.taught = outputs(self.teacher, views)
            targets = nn.functional.softmax((self.taught - self.states["center"]) / scalars["teacher_temperature"], dim=1).split(IMAGES)
        losses = [
            nn.functional.cross_entropy(student / TEMPERATURE, target)
            for t, target in enumerate(targets) for s, student in enumerate(students) if s != t]
        return torch.stack(losses).mean(), {"embedding": self.student.bottleneck[: 2 * IMAGES]}

    def after(self, batch, scalars):
        self.states["center"] = CENTER_MOMENTUM * self.states["center"] + (1 - CENTER_MOMENTUM) * self.taught.mean(0)
        self.follow(scalars["ema_momentum"])


def build():
    method = Dino()
    views, local_views = replay.views(2), replay.views(2, LOCAL)
    tensors = replay.run(
        method,
        {"views": views, "local_views": local_views},
        {
            "teacher_temperature": TEACHER_TEMPERATURES,
            "ema_momentum": EMA_MOMENTA,
            "last_layer_trains": [int(step not in FROZEN) for step in range(STEPS)],
        },
        parts=["last_layer"],
    )
    method.teacher.eval()
    tensors["scores"] = outputs(method.teacher, normalized(views[0]))
    return tensors


replay.main(__file__, SEED, build)
