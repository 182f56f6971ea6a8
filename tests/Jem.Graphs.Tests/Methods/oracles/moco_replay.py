"""MoCo v2 (arXiv:1911.05722, arXiv:2003.04297): a queue that wraps within a batch, and batch norm in groups with shuffled keys."""

import moco
import replay

SEED = 16
QUEUE, SPLITS = 16, 2


class MocoV2(moco.Moco):
    temperature, queue, splits = 0.2, QUEUE, SPLITS

    @staticmethod
    def head(dimension):
        return replay.mlp(dimension, dimension, moco.DIMENSION, norm=False, last_norm=False)


replay.main(__file__, SEED, lambda: moco.build(MocoV2()))
