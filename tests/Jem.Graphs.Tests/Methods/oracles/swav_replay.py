"""SwAV (arXiv:2006.09882): two global and two local views, prototypes that rest for two steps, Sinkhorn's codes, a queue that wraps around and opens on the way."""

import torch
from torch import nn

import replay
from replay import IMAGES, STEPS, Method, mlp, normalized

SEED = 19
HIDDEN, OUTPUT, PROTOTYPES = 24, 8, 10
TEMPERATURE, EPSILON, ITERATIONS = 0.1, 0.05, 3
QUEUE, LOCAL = 16, 5
FROZEN = (1, 2)
OPENS = 4


def sinkhorn(scores):
    """Equations 3 to 5 as matrices: Q is scaled to equal sums for each prototype and for each image in turn."""
    q = torch.exp((scores - scores.max()) / EPSILON).T
    for _ in range(ITERATIONS):
        q = q / q.sum(1, keepdim=True) / q.shape[0]
        q = q / q.sum(0, keepdim=True) / q.shape[1]
    return (q * q.shape[1]).T


class Swav(Method):
    def __init__(self):
        student = replay.backbone()
        student.projector = nn.Sequential(*mlp(student.dimension, HIDDEN, bias=False, last_norm=True), replay.Relu(), nn.Linear(HIDDEN, OUTPUT))
        student.prototypes = nn.Linear(OUTPUT, PROTOTYPES, bias=False)
        super().__init__(student)
        self.project()
        self.states = {f"queue.{i}": replay.unit_rows(QUEUE, OUTPUT) for i in range(2)}

    def project(self):
        with torch.no_grad():
            self.student.prototypes.weight.copy_(nn.functional.normalize(self.student.prototypes.weight))

    def embed(self, *images):
        return nn.functional.normalize(self.student.projector(torch.cat([self.student(x) for x in images])))

    def loss(self, batch, scalars):
        embedding = self.embed(normalized(batch["views"]), normalized(batch["local_views"]))
        scores = self.student.prototypes(embedding)
        self.globals = embedding[: 2 * IMAGES].detach().split(IMAGES)
        views = scores.split(IMAGES)
        losses, codes = [], []
        for i, queued in enumerate(self.states.values()):
            with torch.no_grad():
                rows = views[i]
                if scalars["queue_open"]:
                    rows = torch.cat([self.student.prototypes(queued), rows])
                code = sinkhorn(rows)[-IMAGES:]
            codes.append(code)
            losses += [nn.functional.cross_entropy(view / TEMPERATURE, code) for v, view in enumerate(views) if v != i]
        entropy = -(torch.cat(codes) * torch.cat(codes).log()).sum(1).mean()
        return torch.stack(losses).mean(), {"embedding": embedding[: 2 * IMAGES], "code_entropy": entropy}

    def after(self, batch, scalars):
        self.project()
        for (name, queued), rows in zip(self.states.items(), self.globals):
            queued = queued.clone()
            queued[(scalars["queue_pointer"] + torch.arange(IMAGES)) % QUEUE] = rows
            self.states[name] = queued


def build():
    method = Swav()
    views, local_views = replay.views(2), replay.views(2, LOCAL)
    tensors = replay.run(
        method,
        {"views": views, "local_views": local_views},
        {
            "sinkhorn_epsilon": [EPSILON] * STEPS,
            "queue_pointer": [step * IMAGES % QUEUE for step in range(STEPS)],
            "queue_open": [int(step >= OPENS) for step in range(STEPS)],
            "prototypes_trains": [int(step not in FROZEN) for step in range(STEPS)],
        },
        parts=["prototypes"],
    )
    method.student.eval()
    tensors["scores"] = method.student.prototypes(method.embed(normalized(views[0])))
    return tensors


replay.main(__file__, SEED, build)
