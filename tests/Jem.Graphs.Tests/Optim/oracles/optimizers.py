"""Five steps of each optimiser, in float64: torch.optim's, and LARS from the formula of arXiv:1708.03888."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save

SHAPES = {"conv.weight": (4, 3, 3, 3), "linear.weight": (5, 4), "linear.bias": (5,), "zero.weight": (2, 3)}
RATES = [0.02, 0.05, 0.04, 0.03, 0.01]
PART, PART_RATES, TRAINS = "linear.", [0.03, 0.03, 0.03, 0.02, 0.02], [0, 1, 0, 1, 1]
DECAYS = [0.1, 0.15, 0.2, 0.3, 0.4]
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


def sgd(groups):
    return torch.optim.SGD(groups, lr=1, momentum=MOMENTUM)


def lars(groups):
    return Lars(groups, lr=1)


def adamw(groups):
    return torch.optim.AdamW(groups, lr=1)


# By what a case differs: in how gradients are clipped, in the rates of the part `linear`, in the steps at which it trains
# (without a gradient PyTorch leaves a parameter and its states alone), in the weight decay of each step.
CASES = {
    "sgd": (sgd, {}),
    "clipped": (sgd, {"clip": "together"}),
    "clipped_each": (sgd, {"clip": "each"}),
    "lars": (lars, {}),
    "adamw": (adamw, {}),
    "own_rate": (sgd, {"part_rates": PART_RATES}),
    "paused_sgd": (sgd, {"part_trains": TRAINS}),
    "paused_adamw": (adamw, {"part_trains": TRAINS}),
    "decaying": (adamw, {"decays": DECAYS}),
}
STATES = {"momentum_buffer": "momentum", "exp_avg": "first", "exp_avg_sq": "second"}

torch.manual_seed(0)
initial = {name: torch.randn(shape) * (name != "zero.weight") for name, shape in SHAPES.items()}
tensors = {f"initial.{name}": value for name, value in initial.items()}
tensors.update(rates=torch.tensor(RATES), part_rates=torch.tensor(PART_RATES), part_trains=torch.tensor(TRAINS), decays=torch.tensor(DECAYS))
gradients = [{name: torch.randn(shape) for name, shape in SHAPES.items()} for _ in RATES]

# Two of the five are shorter than the limit of clipping.
for step, scale in enumerate([1, 0.05, 3, 0.02, 1]):
    for name in SHAPES:
        gradients[step][name] *= scale
        tensors[f"gradient.{step}.{name}"] = gradients[step][name]



def single(number):
    return torch.tensor(number, dtype=torch.float32).item()


for case, (make, special) in CASES.items():
    parameters = {name: value.double().requires_grad_() for name, value in initial.items()}
    optimizer = make([{"params": [w], "weight_decay": DECAY if w.dim() > 1 else 0, "name": name} for name, w in parameters.items()])
    for step, rate in enumerate(RATES):
        for name, w in parameters.items():
            w.grad = gradients[step][name].double()
            if special.get("clip") == "each":
                torch.nn.utils.clip_grad_norm_([w], CLIP)
        if special.get("clip") == "together":
            torch.nn.utils.clip_grad_norm_(parameters.values(), CLIP)
        for group in optimizer.param_groups:
            in_part = group["name"].startswith(PART)
            group["lr"] = single(special["part_rates"][step] if in_part and "part_rates" in special else rate)
            if group["weight_decay"] and "decays" in special:
                group["weight_decay"] = single(special["decays"][step])
            if in_part and "part_trains" in special and not special["part_trains"][step]:
                group["params"][0].grad = None
        optimizer.step()
        for name, w in parameters.items():
            tensors[f"{case}.{step}.{name}"] = w.detach().float()
            for key, state in STATES.items():
                if key in optimizer.state[w]:
                    tensors[f"{case}.{step}.optimizer.{state}.{name}"] = optimizer.state[w][key].float()
save(__file__, tensors)
