// Random views of images: the specification, section "Views".

import { Random, hash } from "./random.js";

const f = Math.fround;

/** Rounds halves to the even neighbour. */
export function round(x) {
  const down = Math.floor(x);
  const rest = x - down;
  return rest < 0.5 ? down : rest > 0.5 ? down + 1 : down % 2 === 0 ? down : down + 1;
}

/** What is drawn for one view of an image. */
export function drawView(recipe, channels, width, height, random, view) {
  const perView = (values) => values[values.length === 1 ? 0 : view];
  const factor = (strength) => random.between(Math.max(0, 1 - strength), 1 + strength);
  const crop = drawCrop(random, width, height, recipe.crop_scale, recipe.crop_ratio);
  const flip = random.real() < recipe.flip;
  const jittered = random.real() < recipe.jitter;
  const jitter = {
    order: random.below(24),
    brightness: factor(recipe.brightness),
    contrast: factor(recipe.contrast),
    saturation: factor(recipe.saturation),
    hue: random.between(-recipe.hue, recipe.hue),
  };
  const grey = random.real() < recipe.grey;
  const blurred = random.real() < perView(recipe.blur);
  const sigma = random.between(...recipe.blur_sigma);
  const solarize = random.real() < perView(recipe.solarize);
  return { crop, flip, jitter: jittered ? jitter : null, grey: grey && channels === 3, sigma: blurred ? sigma : 0, solarize };
}

/** The stream of one view. */
export const viewStream = (seed, epoch, number, view) => new Random(seed, hash("views"), epoch, number, view);

function drawCrop(random, width, height, scale, ratio) {
  for (let tries = 0; tries < 10; tries++) {
    const area = random.between(...scale) * width * height;
    const aspect = Math.exp(random.between(Math.log(ratio[0]), Math.log(ratio[1])));
    const w = round(Math.sqrt(area * aspect));
    const h = round(Math.sqrt(area / aspect));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const top = random.below(height - h + 1);
      return { left: random.below(width - w + 1), top, width: w, height: h };
    }
  }
  let [w, h] = [width, height];
  if (width / height < ratio[0]) {
    h = Math.max(1, round(w / ratio[0]));
  } else if (width / height > ratio[1]) {
    w = Math.max(1, round(h * ratio[1]));
  }
  return { left: Math.trunc((width - w) / 2), top: Math.trunc((height - h) / 2), width: w, height: h };
}

/**
 * Makes a view: planes [C][S*S] of whole numbers 0 to 255, as bytes [C,S,S].
 * @param {{channels: number, width: number, height: number, pixels: Uint8Array}} image planar
 */
export function render(image, view, recipe) {
  const side = recipe.size;
  const planes = resize(image, view.crop, view.flip, recipe);
  if (view.jitter) {
    jitter(planes, view.jitter);
  }
  if (view.grey) {
    grey(planes);
  }
  if (view.sigma > 0) {
    planes.forEach((plane) => blur(plane, side, view.sigma));
  }
  if (view.solarize) {
    planes.forEach((plane) => change(plane, (x) => (x >= recipe.solarize_threshold ? 255 - x : x)));
  }
  return Uint8Array.from(planes.flatMap((plane) => [...plane]));
}

const change = (plane, map) => plane.forEach((x, i) => (plane[i] = map(x)));

// Resizing

const cubic = (a) => (distance) => {
  const x = Math.abs(distance);
  return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
};
const FILTERS = {
  bilinear: () => ({ support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) }),
  bicubic: (antialias) => ({ support: 2, weight: cubic(antialias ? -0.5 : -0.75) }),
  nearest: () => ({ support: 0.5, weight: () => 1 }),
};

function resize(image, crop, flip, { size, interpolation, antialias }) {
  const smooth = antialias && interpolation !== "nearest";
  const filter = FILTERS[interpolation](smooth);
  const [columns, rows] = [taps(crop.width, size, filter, smooth), taps(crop.height, size, filter, smooth)];
  if (flip) {
    columns.reverse();
  }
  return Array.from({ length: image.channels }, (_, channel) => {
    const at = (y, x) => image.pixels[(channel * image.height + crop.top + y) * image.width + crop.left + x];
    const plane = new Float32Array(size * size);
    for (let y = 0; y < size; y++) {
      const line = Float32Array.from({ length: crop.width }, (_, x) => rows[y].reduce((sum, [pixel, weight]) => f(sum + f(weight * at(pixel, x))), 0));
      for (let x = 0; x < size; x++) {
        const sum = columns[x].reduce((total, [pixel, weight]) => f(total + f(weight * line[pixel])), 0);
        plane[y * size + x] = round(Math.min(Math.max(sum, 0), 255));
      }
    }
    return plane;
  });
}

/** For each pixel of a resized line the pixels that make it: [place, weight]. */
function taps(input, output, { support, weight }, smooth) {
  const scale = input / output;
  const widening = smooth ? Math.max(scale, 1) : 1;
  const window = Math.ceil(2 * support * widening);
  return Array.from({ length: output }, (_, i) => {
    const centre = scale * (i + 0.5);
    const first = Math.floor(centre - support * widening + 0.5);
    const [from, to] = smooth ? [Math.max(first, 0), Math.min(first + window, input)] : [first, first + window];
    const weights = [];
    for (let pixel = from; pixel < to; pixel++) {
      weights.push([pixel, weight((pixel - centre + 0.5) / widening)]);
    }
    const total = weights.reduce((sum, [, w]) => sum + w, 0);
    const summed = new Map();
    for (const [pixel, w] of weights) {
      const place = Math.min(Math.max(pixel, 0), input - 1);
      summed.set(place, f((summed.get(place) ?? 0) + f(w / total)));
    }
    return [...summed];
  });
}

// Colours

const luma = (r, g, b) => Math.floor(f(f(f(r * f(0.2989)) + f(g * f(0.587))) + f(b * f(0.114))));
const blend = (factor, other) => {
  const [ratio, rest] = [f(factor), f(f(1 - factor) * other)];
  return (x) => Math.floor(Math.min(Math.max(f(f(ratio * x) + rest), 0), 255));
};

function jitter(planes, { order, brightness, contrast, saturation, hue }) {
  const colour = planes.length === 3;
  const changes = [
    () => brightness !== 1 && planes.forEach((plane) => change(plane, blend(brightness, 0))),
    () => {
      const levels = colour ? [planes[0].map((_, i) => luma(planes[0][i], planes[1][i], planes[2][i]))] : planes;
      const count = levels.length * levels[0].length;
      const mean = f(levels.reduce((sum, plane) => plane.reduce((a, b) => a + b, sum), 0) / count);
      return contrast !== 1 && planes.forEach((plane) => change(plane, blend(contrast, mean)));
    },
    () => colour && saturation !== 1 && saturate(planes, saturation),
    () => colour && hue !== 0 && turn(planes, hue),
  ];
  permutations([0, 1, 2, 3])[order].forEach((which) => changes[which]());
}

export const permutations = (items) =>
  items.length === 1 ? [items] : items.flatMap((first) => permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]));

function saturate([r, g, b], factor) {
  for (let i = 0; i < r.length; i++) {
    const mix = blend(factor, luma(r[i], g[i], b[i]));
    [r[i], g[i], b[i]] = [mix(r[i]), mix(g[i]), mix(b[i])];
  }
}

function grey([r, g, b]) {
  for (let i = 0; i < r.length; i++) {
    r[i] = g[i] = b[i] = luma(r[i], g[i], b[i]);
  }
}

function turn([red, green, blue], hue) {
  for (let i = 0; i < red.length; i++) {
    const [h, s, v] = toHsv(f(red[i] / 255), f(green[i] / 255), f(blue[i] / 255));
    const turned = f(h + f(hue));
    [red[i], green[i], blue[i]] = toRgb(f(turned - Math.floor(turned)), s, v).map((x) => Math.floor(f(x * 255)));
  }
}

function toHsv(r, g, b) {
  const max = Math.max(r, g, b);
  const range = f(max - Math.min(r, g, b));
  const divisor = range === 0 ? 1 : range;
  const [rc, gc, bc] = [r, g, b].map((x) => f(f(max - x) / divisor));
  const sector = max === r ? f(bc - gc) : max === g ? f(f(2 + rc) - bc) : f(f(4 + gc) - rc);
  const hue = f(f(sector / 6) + 1);
  return [f(hue - Math.floor(hue)), f(range / (range === 0 ? 1 : max)), max];
}

function toRgb(h, s, v) {
  const unit = (x) => Math.min(Math.max(x, 0), 1);
  const sixth = f(h * 6);
  const sector = Math.floor(sixth);
  const part = f(sixth - sector);
  const p = unit(f(v * f(1 - s)));
  const q = unit(f(v * f(1 - f(s * part))));
  const t = unit(f(v * f(1 - f(s * f(1 - part)))));
  return [[v, t, p], [q, v, p], [p, v, t], [p, q, v], [t, p, v], [v, p, q]][sector % 6];
}

// Blur

/** Pixels on each side of the kernel's centre. */
export const blurRadius = (side) => Math.min(Math.max(1, Math.floor(Math.floor(side / 10) / 2)), side - 1);

function blur(plane, side, sigma) {
  const radius = blurRadius(side);
  const bell = Array.from({ length: radius + 1 }, (_, i) => Math.exp((-0.5 * i * i) / (sigma * sigma)));
  const total = bell.reduce((sum, x, i) => sum + (i === 0 ? 1 : 2) * x, 0);
  const kernel = bell.map((x) => f(x / total));
  const mirror = (i) => (i < 0 ? -i : i >= side ? 2 * (side - 1) - i : i);
  const mixed = (at) => {
    let sum = f(at(0) * kernel[0]);
    for (let k = 1; k <= radius; k++) {
      sum = f(sum + f(f(at(-k) + at(k)) * kernel[k]));
    }
    return sum;
  };
  const down = plane.map((_, i) => mixed((k) => plane[mirror(Math.trunc(i / side) + k) * side + (i % side)]));
  plane.set(down.map((_, i) => round(mixed((k) => down[Math.trunc(i / side) * side + mirror((i % side) + k)]))));
}
