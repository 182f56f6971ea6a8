"""PyTorch's smooth_l1_loss over the masked tokens alone (arXiv:2202.03555, equation 2), in float64."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from tensors import save

torch.manual_seed(0)
tensors = {}
for images, tokens, dimension in [(2, 5, 3), (4, 9, 8)]:
    predictions, targets = 2 * torch.randn(2, images, tokens, dimension)
    mask = (torch.rand(images, tokens) < 0.6).float()
    tensors |= {f"{images}.predictions": predictions, f"{images}.targets": targets, f"{images}.mask": mask}
    for beta in [0.5, 2.0]:
        p, t = predictions.double().requires_grad_(), targets.double().requires_grad_()
        loss = torch.nn.functional.smooth_l1_loss(p[mask == 1], t[mask == 1], beta=beta)
        loss.backward()
        tensors |= {f"{images}.{beta}.loss": loss, f"{images}.{beta}.gradient.predictions": p.grad, f"{images}.{beta}.gradient.targets": t.grad}
save(__file__, tensors)
