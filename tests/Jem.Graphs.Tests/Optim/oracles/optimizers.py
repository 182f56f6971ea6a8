"""Five steps of each optimiser, in float64: torch.optim's, and LARS from the formula of arXiv:1708.03888."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save

SHAPES = {"conv.weight": (4, 3, 3, 3), "linear.weight": (5, 4), "linear.bias": (5,), "zero.weight": (2, 3)}
RATES = [0.02, 0.05, 0.04, 0.03, 0.01]
DECAY, MOMENTUM, TRUST, CLIP = 0.1, 0.9, 0.02, 1.5


class Lars:
    """d = η‖w‖/(‖g‖ + λ‖w‖)·(g + λw); v ← m·v + d; w ← w − lr·v. Biases: d = g."""

    def __init__(self, groups, lr):
        self.param_groups = [{"lr": lr, **group} for group in groups]
        self.state = {}

    def step(self):
        for group in self.param_groups:
            for w in group["params"]:
                d = w.grad
                if group["weight_decay"]:
                    d = w.grad + DECAY * w.detach()
                    weight, gradient = w.detach().norm(), w.grad.norm()
                    if weight > 0 and gradient > 0:
                        d = d * TRUST * weight / (gradient + DECAY * weight)
                v = MOMENTUM * self.state[w]["momentum_buffer"] + d if w in self.state else d
                self.state[w] = {"momentum_buffer": v}
                w.data = w.detach() - group["lr"] * v


CASES = {
    "sgd": lambda groups: torch.optim.SGD(groups, lr=1, momentum=MOMENTUM),
    "clipped": lambda groups: torch.optim.SGD(groups, lr=1, momentum=MOMENTUM),
    "lars": lambda groups: Lars(groups, lr=1),
    "adamw": lambda groups: torch.optim.AdamW(groups, lr=1),
}
STATES = {"momentum_buffer": "momentum", "exp_avg": "first", "exp_avg_sq": "second"}

torch.manual_seed(0)
initial = {name: torch.randn(shape) * (name != "zero.weight") for name, shape in SHAPES.items()}
tensors = {f"initial.{name}": value for name, value in initial.items()}
tensors["rates"] = torch.tensor(RATES)
gradients = [{name: torch.randn(shape) for name, shape in SHAPES.items()} for _ in RATES]

# Two of the five are shorter than the limit of clipping.
for step, scale in enumerate([1, 0.05, 3, 0.02, 1]):
    for name in SHAPES:
        gradients[step][name] *= scale
        tensors[f"gradient.{step}.{name}"] = gradients[step][name]

for case, make in CASES.items():
    parameters = {name: value.double().requires_grad_() for name, value in initial.items()}
    optimizer = make([
        {"params": [w for w in parameters.values() if w.dim() > 1], "weight_decay": DECAY},
        {"params": [w for w in parameters.values() if w.dim() <= 1], "weight_decay": 0},
    ])
    for step, rate in enumerate(RATES):
        for name, w in parameters.items():
            w.grad = gradients[step][name].double()
        if case == "clipped":
            torch.nn.utils.clip_grad_norm_(parameters.values(), CLIP)
        for group in optimizer.param_groups:
            group["lr"] = torch.tensor(rate).item()
        optimizer.step()
        for name, w in parameters.items():
            tensors[f"{case}.{step}.{name}"] = w.detach().float()
            for key, state in STATES.items():
                if key in optimizer.state[w]:
                    tensors[f"{case}.{step}.optimizer.{state}.{name}"] = optimizer.state[w][key].float()
save(__file__, tensors)
