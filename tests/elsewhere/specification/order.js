// Which images a step shows, and in which order: the specification, section "Images of a step".

import { Random, hash } from "./random.js";

/**
 * What an epoch draws, in order: {image, number}, of which number keys the random streams.
 * @param {{first: number, count: number, perEpoch: number}[]} parts one, all of the images, unless the data are a mixture
 */
export function epochOrder(parts, seed, epoch) {
  const images = parts.reduce((sum, part) => sum + part.count, 0);
  const draws = parts.flatMap((part, index) => drawsOf(part, index, seed, epoch));
  const drawn = new Map();
  const numbered = draws.map((image) => {
    const repetition = drawn.get(image) ?? 0;
    drawn.set(image, repetition + 1);
    return { image, number: image + repetition * images };
  });
  return new Random(seed, hash("order"), epoch).shuffle(numbered);
}

function drawsOf({ first, count, perEpoch }, part, seed, epoch) {
  const all = () => Array.from({ length: count }, (_, i) => first + i);
  if (perEpoch === count) {
    return all();
  }
  const draws = [];
  for (let at = epoch * perEpoch; at < (epoch + 1) * perEpoch; at++) {
    const pass = Math.floor(at / count);
    draws.push(new Random(seed, hash("order of a part"), part, pass).shuffle(all())[at % count]);
  }
  return draws;
}

/** The parts of a mixture of sets: {count, weight} each. An epoch draws as many images as there are altogether. */
export function partsOf(sets) {
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const images = sum(sets.map(({ count }) => count));
  const weights = sum(sets.map(({ weight }) => weight));
  const exact = sets.map(({ weight }) => (weight / weights) * images);
  const perEpoch = exact.map(Math.floor);
  const rest = (part) => exact[part] - Math.floor(exact[part]);
  const byRest = sets.map((_, part) => part).sort((a, b) => rest(b) - rest(a) || a - b);
  byRest.slice(0, images - sum(perEpoch)).forEach((part) => perEpoch[part]++);
  let first = 0;
  return sets.map(({ count }, part) => {
    first += count;
    return { first: first - count, count, perEpoch: perEpoch[part] };
  });
}
