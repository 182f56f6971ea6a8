"""Instance discrimination by noise-contrastive estimation, its normalizer measured at the first step."""

import npid
import replay

SEED = 14

replay.main(__file__, SEED, lambda: npid.build(softmax=False))
