"""Ten steps of SimCLR with a tiny ResNet in plain torch modules, in float64, from given weights and given views.

So small a network is chaotic: a unit that rounding moves across the kink of its ReLU changes all that follows, and PyTorch's
own float32 leaves its float64 by more than 1 % within ten steps. So the rates are small, and the seed is one with which no unit
comes closer to its kink than MARGIN.
"""

import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracles"))
from resnet import ResNet
from tensors import save

SEED, MARGIN = 270, 1.5e-5
IMAGES, SIDE, WIDTH, HIDDEN, OUTPUT = 6, 12, 4, 24, 16
TEMPERATURE, MOMENTUM, DECAY = 0.5, 0.9, 1e-3
RATES = torch.tensor([0.001, 0.002, 0.003, 0.004, 0.005, 0.005, 0.004, 0.003, 0.002, 0.001])
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def loss_of(embedding):
    z = nn.functional.normalize(embedding)
    logits = z @ z.T / TEMPERATURE
    logits.fill_diagonal_(-torch.inf)
    other = (torch.arange(2 * IMAGES) + IMAGES) % (2 * IMAGES)
    return nn.functional.cross_entropy(logits, other)


def normalized(views):
    mean, std = (torch.tensor(values).double()[:, None, None] for values in (MEAN, STD))
    return (views.double() / 255 - mean) / std


class Relu(nn.Module):
    closest = torch.inf

    def forward(self, x):
        Relu.closest = min(Relu.closest, x.abs().min().item())
        return torch.relu(x)


torch.manual_seed(SEED)
model = ResNet("resnet18", WIDTH, large_stem=False, relu=Relu)
model.projector = nn.Sequential(
    nn.Linear(model.dimension, HIDDEN, bias=False), nn.BatchNorm1d(HIDDEN), Relu(),
    nn.Linear(HIDDEN, OUTPUT, bias=False), nn.BatchNorm1d(OUTPUT))
for parameter in model.parameters():
    if parameter.dim() == 4:
        nn.init.kaiming_normal_(parameter, mode="fan_out", nonlinearity="relu")
    if parameter.dim() == 1:
        parameter.data += 0.2 * torch.randn(parameter.shape)

# Two views of an image are alike: its pixels with noise.
images = torch.randint(256, (len(RATES), 1, IMAGES, 3, SIDE, SIDE)).expand(-1, 2, -1, -1, -1, -1)
views = (images + 25 * torch.randn(images.shape)).clamp(0, 255).to(torch.uint8).flatten(1, 2)
tensors = {"rates": RATES, "views": views}
tensors.update({f"initial.{name}": parameter.data.clone() for name, parameter in model.named_parameters()})

model = model.double()
optimizer = torch.optim.SGD([
    {"params": [w for w in model.parameters() if w.dim() > 1], "weight_decay": DECAY},
    {"params": [w for w in model.parameters() if w.dim() == 1]},
], lr=1, momentum=MOMENTUM)
losses = []
for step, rate in enumerate(RATES):
    embedding = model.projector(model(normalized(views[step])))
    loss = loss_of(embedding)
    losses.append(loss.detach())
    optimizer.zero_grad()
    loss.backward()
    if step == 0:
        tensors.update({f"gradient.{name}": w.grad.float() for name, w in model.named_parameters()})
        tensors["embedding"] = embedding
    for group in optimizer.param_groups:
        group["lr"] = rate.item()
    optimizer.step()
    if Relu.closest < MARGIN:
        sys.exit(f"seed {SEED}: a unit came as close as {Relu.closest:.1e} to its kink at step {step + 1}")
tensors["losses"] = torch.stack(losses)
tensors.update({f"final.{name}": value.float() for name, value in model.state_dict().items() if value.dim() > 0})

model.eval()
tensors["encoded"] = model(normalized(views[0]))
print([round(loss.item(), 4) for loss in losses], f"closest {Relu.closest:.1e}")
save(__file__, tensors)
