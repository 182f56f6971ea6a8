"""VICReg's three terms from PyTorch's mse_loss, var and cov, in float64; the halves and divisors are those of the authors' main_vicreg.py."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save


def hinge(x):
    return torch.relu(1 - torch.sqrt(x.var(0) + 1e-4)).mean()


def redundancy(x):
    covariance = torch.cov(x.T)
    return (covariance[~torch.eye(len(covariance), dtype=torch.bool)] ** 2).sum() / len(covariance)


torch.manual_seed(0)
tensors = {}
for images, dimension in [(4, 3), (16, 12)]:
    # Some dimensions spread more than 1, some less, so that the hinge is on for a part.
    spread = torch.linspace(0.3, 1.7, dimension)
    a = torch.randn(images, dimension) * spread + 1
    b = a + 0.3 * torch.randn(images, dimension)
    x, y = a.double().requires_grad_(), b.double().requires_grad_()
    terms = {
        "invariance": torch.nn.functional.mse_loss(x, y),
        "variance": hinge(x) / 2 + hinge(y) / 2,
        "covariance": redundancy(x) + redundancy(y),
    }
    tensors |= {f"{images}.a": a, f"{images}.b": b, **{f"{images}.{name}": term for name, term in terms.items()}}
    loss = 25 * terms["invariance"] + 25 * terms["variance"] + terms["covariance"]
    loss.backward()
    tensors |= {f"{images}.loss": loss, f"{images}.gradient.a": x.grad, f"{images}.gradient.b": y.grad}
save(__file__, tensors)
