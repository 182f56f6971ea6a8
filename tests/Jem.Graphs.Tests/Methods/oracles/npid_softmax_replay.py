"""Instance discrimination by the softmax over all images."""

import npid
import replay

SEED = 7

replay.main(__file__, SEED, lambda: npid.build(softmax=True))
