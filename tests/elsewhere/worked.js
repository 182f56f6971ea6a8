// The worked numbers in the documents, computed once more. In a document, <!-- worked: NAME --> stands before a table; a block of JSON
// between the two says what is given. The first column of the table is given too, the others are computed.

import { readFileSync } from "node:fs";
import { blockMask, drawJigsaw } from "./specification/inputs.js";
import { epochOrder, partsOf } from "./specification/order.js";
import { Random, hash } from "./specification/random.js";
import { valueAt } from "./specification/schedules.js";
import { blurRadius, drawView, permutations, viewStream } from "./specification/views.js";

const DOCUMENTS = ["run-a-program-elsewhere.md", "program-batches.md"];

const CHANGES = ["brightness", "contrast", "saturation", "hue"];

const seedOf = (text) => (/^\d+$/.test(text) ? BigInt(text) : hash(text));
const hex = (value) => `0x${value.toString(16).padStart(16, "0")}`;
const fixed = (value) => value.toFixed(6);
const draws = (order) => order.map(({ image, number }) => (image === number ? `${image}` : `${image} (${number})`)).join(" ");

/** The computed columns of a row, by the name of the table. */
const TABLES = {
  scalars: ({ steps, steps_per_epoch, schedules }, step) => {
    const run = { steps, stepsPerEpoch: steps_per_epoch };
    return Object.values(schedules).map((schedule) => `${valueAt(schedule, Number(step), run)}`);
  },
  hash: (_, name) => [hex(hash(name))],
  stream: (_, seeds) => {
    const stream = () => new Random(...seeds.split(", ").map(seedOf));
    return [hex(stream().next()), `${stream().real()}`, `${stream().below(1000)}`];
  },
  order: ({ seed, images, batch_size }, epoch) => {
    const order = epochOrder([{ first: 0, count: images, perEpoch: images }], seed, Number(epoch));
    return [draws(order), draws(order.slice(Math.floor(images / batch_size) * batch_size))];
  },
  mixture: ({ seed, sets }, epoch) => [draws(epochOrder(partsOf(sets), seed, Number(epoch)))],
  random_ids: ({ seed, count, images }, step) => {
    const random = new Random(seed, hash("random ids"), Number(step));
    return [Array.from({ length: count }, () => random.below(images)).join(" ")];
  },
  block_mask: ({ seed, epoch, grid, ratio, least_block, aspect }, number) => {
    const mask = blockMask(new Random(seed, hash("mask"), epoch, Number(number)), grid, ratio, least_block, aspect).join("");
    return [Array.from({ length: grid }, (_, row) => mask.slice(row * grid, (row + 1) * grid)).join(" ")];
  },
  jigsaw: ({ seed, epoch, number, size, grid, patch }, place) => {
    const { cell, top, left } = drawJigsaw(new Random(seed, hash("jigsaw"), epoch, number), size, grid, patch)[place];
    return [cell, top, left].map(String);
  },
  views: ({ seed, epoch, number, width, height, channels, recipe }, view) => {
    const drawn = drawView(recipe, channels, width, height, viewStream(seed, epoch, number, Number(view)), Number(view));
    const { left, top, width: w, height: h } = drawn.crop;
    const yes = (value) => (value ? "yes" : "no");
    const colours = drawn.jitter && [drawn.jitter.order, ...CHANGES.map((name) => fixed(drawn.jitter[name]))].join(" ");
    return [`${left} ${top} ${w} ${h}`, yes(drawn.flip), colours ?? "no", yes(drawn.grey), drawn.sigma > 0 ? fixed(drawn.sigma) : "no", yes(drawn.solarize)];
  },
  changes: (_, order) => [permutations(CHANGES)[order].join(", ")],
  blur: (_, side) => [`${blurRadius(Number(side))}`],
};

/** What the documents say that is not so. */
export function checkWorked() {
  const read = (document) => readFileSync(new URL(`../../docs/${document}`, import.meta.url), "utf8");
  const found = DOCUMENTS.flatMap((document) => tablesOf(read(document)).map((table) => ({ document, ...table })));
  const missing = Object.keys(TABLES).filter((name) => !found.some((table) => table.name === name)).map((name) => `no document has the table '${name}'`);
  return [...missing, ...found.flatMap(({ document, name, given, rows }) => rows.flatMap(([first, ...others]) => {
    const computed = TABLES[name](given, first);
    const [says, is] = [others.join(" | "), computed.join(" | ")];
    return says === is ? [] : [`${document}, table '${name}', ${first}: ${says}; computed: ${is}`];
  }))];
}

function tablesOf(text) {
  return [...text.matchAll(/<!-- worked: (\w+) -->\n(?:\n```json\n(.*?)```\n)?.*?\n((?:\|[^\n]*\n)+)/gs)].map(([, name, given, table]) => ({
    name,
    given: given && JSON.parse(given),
    rows: table.trim().split("\n").slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim().replaceAll("`", ""))),
  }));
}
