// The batch inputs of the specification, section "Batch inputs": a filler for each kind.

import { Random, hash } from "./random.js";
import { drawView, render, round, viewStream } from "./views.js";

/**
 * The flat content of a batch input, in the type of its port.
 * @param {{seed: bigint, step: number, epoch: number, rows: {image: number, number: number}[], images: object[]}} batch
 */
export function fill(recipe, batch) {
  const filler = FILLERS[recipe.kind];
  if (!filler) {
    throw new Error(`unknown kind of batch input '${recipe.kind}'`);
  }
  return filler(recipe, batch);
}

const FILLERS = {
  views({ recipe, first }, batch) {
    const views = Array.from({ length: recipe.count }, (_, view) => batch.rows.map((row) => viewOf(recipe, first, batch, row, view)));
    return joined(views.flat());
  },

  jigsaw({ recipe, first, grid, patch }, batch) {
    const places = Array.from({ length: grid * grid }, () => []);
    for (const row of batch.rows) {
      const random = new Random(batch.seed, hash("jigsaw"), batch.epoch, row.number);
      const view = viewOf({ ...recipe, count: 1 }, first, batch, row, 0);
      drawJigsaw(random, recipe.size, grid, patch).forEach(({ top, left }, place) => places[place].push(cut(view, recipe.size, top, left, patch)));
    }
    return joined(places.flat());
  },

  block_mask({ grid, ratio, least_block, aspect }, batch) {
    return joined(batch.rows.map((row) => blockMask(new Random(batch.seed, hash("mask"), batch.epoch, row.number), grid, ratio, least_block, aspect)));
  },

  image_ids: (_, batch) => BigInt64Array.from(batch.rows, (row) => BigInt(row.image)),

  random_ids({ count, images }, batch) {
    const random = new Random(batch.seed, hash("random ids"), batch.step);
    return BigInt64Array.from({ length: count }, () => BigInt(random.below(images)));
  },
};

function viewOf(recipe, first, { seed, epoch, images }, { image, number }, view) {
  const { channels, width, height } = images[image];
  const random = viewStream(seed, epoch, number, first + view);
  return render(images[image], drawView(recipe, channels, width, height, random, view), recipe);
}

/** For each place the cell that is shown there, and where in the view its patch is cut out. */
export function drawJigsaw(random, size, grid, patch) {
  const cell = Math.floor(size / grid);
  const order = random.shuffle(Array.from({ length: grid * grid }, (_, i) => i));
  return order.map((from) => {
    const top = Math.floor(from / grid) * cell + random.below(cell - patch + 1);
    const left = (from % grid) * cell + random.below(cell - patch + 1);
    return { cell: from, top, left };
  });
}

function cut(view, size, top, left, side) {
  const channels = view.length / (size * size);
  return Uint8Array.from({ length: channels * side * side }, (_, i) => {
    const [channel, y, x] = [Math.floor(i / (side * side)), Math.floor(i / side) % side, i % side];
    return view[(channel * size + top + y) * size + left + x];
  });
}

export function blockMask(random, grid, ratio, leastBlock, aspect) {
  const mask = new Uint8Array(grid * grid);
  let left = round(ratio * grid * grid);
  for (let fits = true; fits && left > 0; ) {
    fits = false;
    for (let tries = 0; tries < 10 && !fits; tries++) {
      const masked = layBlock(random, mask, grid, left, leastBlock, aspect);
      [fits, left] = [masked > 0, left - masked];
    }
  }
  return mask;
}

/** Masks a random rectangle if it masks anything and at most `most` patches; returns how many it masked. */
function layBlock(random, mask, grid, most, leastBlock, lowest) {
  const area = random.between(Math.min(leastBlock, most), most);
  const aspect = Math.exp(random.between(Math.log(lowest), -Math.log(lowest)));
  const height = round(Math.sqrt(area * aspect));
  const width = round(Math.sqrt(area / aspect));
  if (height === 0 || width === 0 || height > grid || width > grid) {
    return 0;
  }
  const top = random.below(grid - height + 1);
  const left = random.below(grid - width + 1);
  const places = Array.from({ length: height * width }, (_, i) => (top + Math.floor(i / width)) * grid + left + (i % width));
  const fresh = places.filter((place) => mask[place] === 0);
  if (fresh.length > most) {
    return 0;
  }
  fresh.forEach((place) => (mask[place] = 1));
  return fresh.length;
}

function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
