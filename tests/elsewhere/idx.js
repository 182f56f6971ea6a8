// Images in the IDX format of MNIST: two zero bytes, 8 for bytes, the number of dimensions, the dimensions, the values.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "./specification/random.js";

const FILE = "train-images-idx3-ubyte";

/** Images that differ: a slope, a disc and some noise each; planar bytes. */
export function drawImages(count, channels, height, width, seed) {
  return Array.from({ length: count }, (_, index) => {
    const random = new Random(seed, index);
    const [right, down, level] = [random.between(-8, 8), random.between(-8, 8), random.between(60, 200)];
    const [x0, y0, radius] = [random.between(0, width), random.between(0, height), random.between(2, height / 2)];
    const disc = Array.from({ length: channels }, () => random.between(-90, 90));
    const pixels = Uint8Array.from({ length: channels * height * width }, (_, i) => {
      const [channel, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
      const inside = Math.hypot(x - x0, y - y0) < radius;
      return Math.min(255, Math.max(0, level + right * (x - width / 2) + down * (y - height / 2) + (inside ? disc[channel] : 0) + random.between(-9, 9)));
    });
    return { channels, height, width, pixels };
  });
}

/** Writes images as the training split of an IDX data set: [n,H,W], or [n,C,H,W] with more than one channel. */
export function writeIdx(folder, images) {
  const { channels, height, width } = images[0];
  const shape = channels === 1 ? [images.length, height, width] : [images.length, channels, height, width];
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  shape.forEach((dimension, i) => head.writeInt32BE(dimension, 4 + 4 * i));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, FILE), Buffer.concat([head, ...images.map(({ pixels }) => pixels)]));
}

/** The images of a folder that writeIdx wrote: {channels, height, width, pixels}, planar. */
export function readIdx(folder) {
  const file = readFileSync(join(folder, FILE));
  const shape = Array.from({ length: file[3] }, (_, i) => file.readInt32BE(4 + 4 * i));
  const [height, width] = shape.slice(-2);
  const channels = shape.length === 4 ? shape[1] : 1;
  const length = channels * height * width;
  const begin = 4 + 4 * shape.length;
  return Array.from({ length: shape[0] }, (_, i) => ({ channels, height, width, pixels: file.subarray(begin + i * length, begin + (i + 1) * length) }));
}
