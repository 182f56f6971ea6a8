"""MoCo's first head (arXiv:1911.05722) with both views as query and key, and a queue shorter than the keys of a step."""

from torch import nn

import moco
import replay

SEED = 804
QUEUE = 7


class MocoSymmetric(moco.Moco):
    temperature, queue, splits, symmetric = 0.3, QUEUE, 1, True

    @staticmethod
    def head(dimension):
        return nn.Sequential(nn.Linear(dimension, moco.DIMENSION))


replay.main(__file__, SEED, lambda: moco.build(MocoSymmetric()))
