"""The methods of the measured steps: how views become a loss, and what follows the optimiser's step."""

import copy

import torch
from torch import nn
from torch.nn import functional as F

from torch_networks import LastLayer, backbone, projector


class SimClr:
    """arXiv:2002.05709: NT-Xent over two views that go through the network together."""

    def __init__(self, options):
        self.student, size = backbone(options["backbone"], options["image"])
        head = options["projector"]
        self.student.projector = projector(
            size, head["hidden"] or size, head["output"], norm=head["norm"], last_norm=head["norm"], activation=lambda: nn.ReLU(inplace=True))
        self.temperature = options["temperature"]
        self.itself = torch.eye(2 * options["batch"], dtype=torch.bool)
        self.other = torch.arange(2 * options["batch"]).roll(options["batch"])

    def outputs(self, views):
        return self.student.projector(self.student(views))

    def loss(self, outputs, scalars):
        z = F.normalize(outputs.float())
        return F.cross_entropy((z @ z.T / self.temperature).masked_fill_(self.itself, float("-inf")), self.other)

    def load(self, values):
        load(self.student, values)

    def after(self, scalars):
        pass


class Dino:
    """arXiv:2104.14294: a student of all views, a teacher of the large ones, which is its average, and a centre."""

    def __init__(self, options):
        self.student, size = backbone(options["backbone"], options["image"])
        head = options["projector"]
        widths = [size, *[head["hidden"]] * (head["layers"] - 1), head["bottleneck"]]
        self.student.projector = projector(*widths, norm=head["norm"], activation=nn.GELU)
        self.student.last_layer = LastLayer(head["bottleneck"], options["prototypes"])
        self.teacher = copy.deepcopy(self.student).requires_grad_(False)
        self.batch, self.temperature, self.momentum = options["batch"], options["student_temperature"], options["center_momentum"]

    def outputs(self, views, local_views):
        with torch.no_grad():
            taught = scores(self.teacher, views)
        return scores(self.student, views, local_views), taught

    def loss(self, outputs, scalars):
        students, self.taught = (output.float().unflatten(0, (-1, self.batch)) for output in outputs)
        logs = F.log_softmax(students / self.temperature, 2)
        targets = F.softmax((self.taught - self.center) / scalars["teacher_temperature"], 2)
        # Each target against all views but its own: their logarithms are added up before they are multiplied.
        others = logs.sum(0) - logs[: len(targets)]
        return -(targets * others).sum() / (len(targets) * (len(students) - 1) * self.batch)

    def load(self, values):
        load(self.student, values)
        load(self.teacher, {name.removeprefix("teacher."): value for name, value in values.items() if name.startswith("teacher.")})
        self.center = values["center"]

    def after(self, scalars):
        self.center.lerp_(self.taught.mean((0, 1)), 1 - self.momentum)
        with torch.no_grad():
            torch._foreach_lerp_(list(self.teacher.parameters()), list(self.student.parameters()), 1 - scalars["ema_momentum"])


METHODS = {"simclr": SimClr, "dino": Dino}


def scores(network, *images):
    """The backbone sees each size by itself, the head all views together."""
    return network.last_layer(F.normalize(network.projector(torch.cat([network(x) for x in images]))))


def load(network, values):
    """The network's own names must all be there; counts of batches are PyTorch's alone."""
    wanted = [name for name in network.state_dict() if not name.endswith("num_batches_tracked")]
    network.load_state_dict({name: values[name] for name in wanted}, strict=False)
