"""Weights from the seeded stream of their names: two programs have the same without a file between them."""

import torch

from seeded_random import fnv1a, seeded, uniform


def draw(name, shape, centre, bound):
    """Uniform float32 numbers, centre ± bound."""
    generator = seeded(1, fnv1a(name))
    numbers = [uniform(generator, -bound, bound) for _ in range(torch.Size(shape).numel())]
    return torch.tensor(numbers, dtype=torch.float32).reshape(shape).double() + centre


def drawn(model):
    """A model in float64 and eval mode whose every parameter and statistic is drawn, so that signals neither die nor grow."""
    model = model.double().eval()
    for key, value in model.state_dict().items():
        if value.dim() == 4:
            drawn = draw(key, value.shape, 0, (6 / (value.shape[0] * value.shape[2] * value.shape[3])) ** 0.5)
        elif value.dim() == 2:
            drawn = draw(key, value.shape, 0, (3 / value.shape[1]) ** 0.5)
        elif value.dim() > 0:
            drawn = draw(key, value.shape, 1 if key.endswith(("weight", "running_var")) else 0, 0.5)
        else:
            continue
        value.copy_(drawn)
    return model
