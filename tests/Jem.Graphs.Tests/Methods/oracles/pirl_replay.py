"""PIRL by noise-contrastive estimation; the normalizer is measured on the jigsaws of the first step."""

import pirl
import replay

SEED = 33

replay.main(__file__, SEED, lambda: pirl.build(softmax=False))
