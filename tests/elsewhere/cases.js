// What is trained: all kinds of scalars and batch inputs, and all operations of views, small in every other way.

const SMALL = ["batch=8", "backbone.width=2"];
const PLAIN = ["views.crop_scale=1,1", "views.crop_ratio=1,1", "views.flip=0", "views.jitter=0", "views.grey=0"];

/**
 * @typedef {object} Case
 * @property {string} about what it covers
 * @property {string} method
 * @property {number} side of the views
 * @property {{count: number, channels: number, height: number, width: number, weight?: number}[]} images several sets are a mixture
 * @property {string[]} settings of the method
 * @property {number} [steps] of the run, of which the first ten are trained here
 * @property {string} [seed]
 * @property {boolean} [kernels] whether jem trains with its own kernels instead of the functions' bodies
 */

/** @type {Case[]} */
export const CASES = [
  {
    about: "views that are the images themselves; warm-up and cosine",
    method: "simclr", side: 16, images: [{ count: 43, channels: 1, height: 16, width: 16 }],
    settings: [...PLAIN, "projector.output=8"], steps: 200, kernels: true,
  },
  {
    about: "nearest pixels of grey images, a queue's pointer, a teacher",
    method: "moco", side: 16, images: [{ count: 43, channels: 1, height: 19, width: 23 }],
    settings: ["views.interpolation=nearest", "dimension=4", "queue=20", "norm_splits=2", "ema.momentum=0.9"], kernels: true,
  },
  {
    about: "every operation on colour images, and the largest seed",
    method: "simclr", side: 20, images: [{ count: 43, channels: 3, height: 25, width: 31 }], seed: "18446744073709551615",
    settings: ["projector.output=8", "views.blur=1,0.5", "views.solarize=0.3", "views.grey=0.3", "views.brightness=1.2"],
  },
  {
    about: "bicubic crops without antialias of tall images",
    method: "byol", side: 16, images: [{ count: 43, channels: 3, height: 47, width: 11 }],
    settings: ["views.interpolation=bicubic", "views.antialias=false", "views.crop_scale=0.8,1", "views.jitter=0", "projector.hidden=8", "projector.output=8", "predictor.hidden=8"],
  },
  {
    about: "image_ids and random_ids",
    method: "npid", side: 16, images: [{ count: 43, channels: 1, height: 16, width: 16 }],
    settings: ["dimension=4", "negatives=13", "loss=nce"], kernels: true,
  },
  {
    about: "small views, a queue that opens when it is full, frozen prototypes",
    method: "swav", side: 16, images: [{ count: 43, channels: 3, height: 24, width: 24 }],
    settings: ["prototypes=5", "projector.hidden=8", "projector.output=4", "queue.length=20", "queue.from_epoch=0.2", "freeze_prototypes=1", "local_views.count=2"],
  },
  {
    about: "a temperature's warm-up, a weight decay's cosine, bicubic crops",
    method: "dino", side: 16, steps: 30, images: [{ count: 43, channels: 3, height: 24, width: 24 }],
    settings: ["prototypes=6", "projector.hidden=8", "projector.bottleneck=4", "local_views.count=2", "freeze_last_layer=0.5", "ema.momentum=0.9", "teacher.warmup_epochs=0.4"],
  },
  {
    about: "jigsaws",
    method: "pirl", side: 24, images: [{ count: 43, channels: 3, height: 30, width: 24 }],
    settings: ["dimension=4", "negatives=13"],
  },
  {
    about: "block masks, a mixture with equal remainders",
    method: "data2vec", side: 16, images: [{ count: 21, channels: 3, height: 20, width: 20 }, { count: 22, channels: 3, height: 20, width: 20 }],
    settings: ["backbone.name=vit_tiny", "backbone.width=12", "backbone.depth=2", "top_blocks=1", "ema.momentum=0.9"],
  },
  {
    about: "a mixture of sizes, whose parts are drawn more and less often than once",
    method: "simclr", side: 16, images: [{ count: 12, channels: 1, height: 16, width: 16, weight: 3 }, { count: 31, channels: 1, height: 12, width: 60, weight: 1 }],
    settings: ["projector.output=8"],
  },
].map((row) => ({ ...row, settings: [...SMALL, ...row.settings] }));
