"""data2vec (arXiv:2202.03555): a masked student predicts the mean of its teacher's last blocks, layer by layer normalised."""

import torch
from torch import nn
from torch.nn import functional as F

import replay
from replay import IMAGES, SIDE, STEPS, Method, normalized
from vit import VisionTransformer

SEED = 0
WIDTH, DEPTH, PATCH, TOP, BETA = 16, 3, 4, 2, 0.5
MOMENTA = [0.9 + 0.01 * step for step in range(STEPS)]


def drawn(student):
    """A transformer that does something from the start: its own first values are all near zero."""
    for parameter in student.parameters():
        parameter.data = (1 if parameter.dim() == 1 else 0.3) * torch.randn(parameter.shape)


class Data2Vec(Method):
    undecayed = ("cls_token", "pos_embed", "mask_token")

    def __init__(self):
        student = VisionTransformer(WIDTH, DEPTH, PATCH, SIDE, masked=True)
        student.head = nn.Linear(WIDTH, WIDTH)
        drawn(student)
        super().__init__(student, teacher=True)
        del self.teacher.mask_token, self.teacher.head

    def loss(self, batch, scalars):
        images, mask = normalized(batch["views"]), batch["mask"]
        with torch.no_grad():
            blocks, _ = self.teacher.tokens(images)
            norm = lambda tokens: F.layer_norm(tokens, (WIDTH,))
            target = norm(torch.stack([norm(block[:, 1:]) for block in blocks[-TOP:]]).mean(0))
        patches = self.student.tokens(images, mask)[1][:, 1:]
        prediction = self.student.head(patches)
        hidden = mask.bool()
        loss = F.smooth_l1_loss(prediction[hidden], target[hidden], beta=BETA)
        spread = lambda tokens: tokens.flatten(0, 1).std(0, unbiased=False).mean()
        return loss, {"embedding": patches.mean(1), "target_std": spread(target), "prediction_std": spread(prediction)}

    def after(self, batch, scalars):
        students = dict(self.student.named_parameters())
        with torch.no_grad():
            for name, teacher in self.teacher.named_parameters():
                teacher.mul_(scalars["ema_momentum"]).add_((1 - scalars["ema_momentum"]) * students[name])


def build():
    method = Data2Vec()
    patches = (SIDE // PATCH) ** 2
    mask = (torch.rand(STEPS, IMAGES, patches) < 0.5).to(torch.uint8)
    return replay.run(method, {"views": replay.views(1), "mask": mask}, {"ema_momentum": MOMENTA})


replay.main(__file__, SEED, build)
