"""PIRL by the softmax over all images."""

import pirl
import replay

SEED = 115

replay.main(__file__, SEED, lambda: pirl.build(softmax=True))
