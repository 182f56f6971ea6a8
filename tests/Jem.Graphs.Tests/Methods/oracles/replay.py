"""Ten steps of a method with a tiny network in plain torch modules, in float64, from given weights and batches: what the scripts share.

So small a network is chaotic: a unit that rounding moves across the kink of its ReLU changes all that follows, and PyTorch's
own float32 leaves its float64 by more than 1 % within ten steps. So the rates are small, and each script takes a seed with which no
unit comes closer to its kink than MARGIN: `python3 NAME_replay.py search` looks for one.
"""

import copy
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from resnet import ResNet
from tensors import save

MARGIN = 1.5e-5
IMAGES, SIDE, WIDTH = 6, 12, 2
MOMENTUM, DECAY = 0.9, 1e-3
RATES = [0.001, 0.002, 0.003, 0.004, 0.005, 0.005, 0.004, 0.003, 0.002, 0.001]
STEPS = len(RATES)
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class TooClose(Exception):
    pass


class Relu(nn.Module):
    closest = torch.inf

    def forward(self, x):
        # Without a gradient, as in a teacher, a kink is as good as any other place.
        if torch.is_grad_enabled():
            Relu.closest = min(Relu.closest, x.detach().abs().min().item())
        return torch.relu(x)


def mlp(*widths, norm=True, last_norm=True, last_affine=True, bias=None):
    """Linear–norm–ReLU layers as Jem's heads have them; the last has no ReLU. A bias only where no norm follows, unless it is given."""
    layers = []
    for i, (inputs, outputs) in enumerate(zip(widths, widths[1:]), 1):
        last = i == len(widths) - 1
        has_norm = last_norm if last else norm
        layers.append(nn.Linear(inputs, outputs, bias=not has_norm if bias is None else bias))
        if has_norm:
            layers.append(nn.BatchNorm1d(outputs, affine=not last or last_affine))
        if not last:
            layers.append(Relu())
    return nn.Sequential(*layers)


def backbone():
    return ResNet("resnet18", WIDTH, large_stem=False, relu=Relu)


def draw(student):
    """First values: filters as Jem draws them, and norms and biases off their usual ones and zeros, so that each matters."""
    for parameter in student.parameters():
        if parameter.dim() == 4:
            nn.init.kaiming_normal_(parameter, mode="fan_out", nonlinearity="relu")
        if parameter.dim() == 1:
            parameter.data += 0.2 * torch.randn(parameter.shape)


def views(count, side=SIDE, noise=25):
    """Bytes [STEPS,count·IMAGES,3,side,side]. Views of an image are alike: its pixels with noise."""
    images = torch.randint(256, (STEPS, 1, IMAGES, 3, side, side)).expand(-1, count, -1, -1, -1, -1)
    return (images + noise * torch.randn(images.shape)).clamp(0, 255).to(torch.uint8).flatten(1, 2)


def unit_rows(*shape):
    return nn.functional.normalize(torch.randn(*shape), dim=-1)


def normalized(pixels):
    mean, std = (torch.tensor(values).double()[:, None, None] for values in (MEAN, STD))
    return (pixels.double() / 255 - mean) / std


class Method:
    """A method under replay. `student` is trained; a teacher and `states` are carried."""

    undecayed = ()

    def __init__(self, student, teacher=False):
        draw(student)
        self.student = student
        self.teacher = copy.deepcopy(student) if teacher else None
        self.states = {}

    def loss(self, batch, scalars):
        """The loss, and what else is reported, by name; `embedding` among it."""
        raise NotImplementedError

    def after(self, batch, scalars):
        """What changes after the optimiser's step: teacher, queue, bank, centre."""

    def follow(self, momentum):
        with torch.no_grad():
            for teacher, student in zip(self.teacher.parameters(), self.student.parameters()):
                teacher.mul_(momentum).add_((1 - momentum) * student)

    def carried(self):
        """Every parameter and state by Jem's name."""
        named = dict(self.student.state_dict())
        if self.teacher is not None:
            named.update({f"teacher.{name}": value for name, value in self.teacher.state_dict().items()})
        named.update(self.states)
        return {name: value.detach().clone() for name, value in named.items() if not name.endswith("num_batches_tracked")}


def run(method, batches, scalars=None, parts=()):
    """The tensors of a replay.

    batches: by name, [STEPS,…]. scalars: by name, one for each step. parts: parts of the student with a rate of their own
    (the scalar `part_learning_rate`) or that do not always train (the scalar `part_trains`).
    """
    scalars = {"learning_rate": RATES, **(scalars or {})}
    tensors = {f"batch.{name}": value for name, value in batches.items()}
    tensors.update({f"scalar.{name}": torch.tensor(values).double() for name, values in scalars.items()})
    tensors.update({f"initial.{name}": value.float() for name, value in method.carried().items()})
    for module in (method.student, method.teacher):
        if module is not None:
            module.double()
    method.states = {name: value.double() for name, value in method.states.items()}

    def part_of(name):
        return next((part for part in parts if name.startswith(f"{part}.")), None)

    optimizer = torch.optim.SGD([
        {"params": [w], "weight_decay": DECAY if w.dim() > 1 and name not in method.undecayed else 0, "part": part_of(name)}
        for name, w in method.student.named_parameters()], lr=1, momentum=MOMENTUM)
    reports = []
    for step in range(STEPS):
        batch = {name: value[step] for name, value in batches.items()}
        now = {name: values[step] for name, values in scalars.items()}
        loss, reported = method.loss(batch, now)
        reports.append({"loss": loss.detach(), **{name: value.detach().clone() for name, value in reported.items()}})
        optimizer.zero_grad()
        loss.backward()
        for group in optimizer.param_groups:
            group["lr"] = now.get(f"{group['part']}_learning_rate", now["learning_rate"])
            if now.get(f"{group['part']}_trains", 1) == 0:
                group["params"][0].grad = None
        if step == 0:
            tensors.update({f"gradient.{name}": w.grad.float() for name, w in method.student.named_parameters() if w.grad is not None})
        optimizer.step()
        method.after(batch, now)
        if Relu.closest < MARGIN:
            raise TooClose(f"a unit came as close as {Relu.closest:.1e} to its kink at step {step + 1}")
    for name in reports[0]:
        tensors[f"reported.{name}"] = torch.stack([report[name] for report in reports]).double()
    tensors.update({f"final.{name}": value.float() for name, value in method.carried().items()})
    print("losses", [round(loss.item(), 4) for loss in tensors["reported.loss"]], f"closest {Relu.closest:.1e}")
    return tensors


def main(script, seed, build):
    """Writes NAME_replay.safetensors. build() makes the tensors from torch's random numbers."""
    torch.set_num_threads(1)
    searching = sys.argv[1:] == ["search"]
    for seed in range(10_000) if searching else [seed]:
        torch.manual_seed(seed)
        Relu.closest = torch.inf
        try:
            tensors = build()
        except TooClose as problem:
            if not searching:
                sys.exit(f"seed {seed}: {problem}")
            continue
        print("seed", seed)
        if not searching:
            save(script, tensors)
        return
