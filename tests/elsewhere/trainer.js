// Runs jem on a case's images.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { drawImages, readIdx, writeIdx } from "./idx.js";
import { partsOf } from "./specification/order.js";
import { readSafetensors } from "./specification/safetensors.js";

/** Steps that are trained here and compared. */
export const STEPS = 10;

/** Trains a case; what came out is read from the files of the run. */
export function trainWithJem(row, folder, jem) {
  const sets = row.images.map(({ count, channels, height, width, weight = 1 }, i) => {
    const at = join(folder, `images${i}`);
    writeIdx(at, drawImages(count, channels, height, width, i));
    return { at, count, weight };
  });
  const run = join(folder, "run");
  const steps = row.steps ?? STEPS;
  start(jem, [
    "train", row.method, "--data", specification(sets), "--out", run, "--steps", `${steps}`, "--image-size", `${row.side}`, "--seed", row.seed ?? "7",
    "--preset", "paper", "--threads", "1", "--checkpoint-every", `${STEPS}`, "--keep", "1000", "--quiet", ...(row.kernels ? [] : ["--portable"]),
    ...row.settings.flatMap((setting) => ["--set", setting]),
  ]);
  return {
    program: join(run, "program"),
    steps,
    data: { images: sets.flatMap(({ at }) => readIdx(at)), parts: partsOf(sets) },
    lines: readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line)),
    tensors: readSafetensors(join(run, "checkpoints", `step-${String(STEPS).padStart(8, "0")}.safetensors`)),
  };
}

function specification(sets) {
  return sets.length === 1 ? `idx:${sets[0].at}` : `mix:${sets.map(({ at, weight }) => `${weight}*idx:${at}`).join("+")}`;
}

function start([command, ...before], args) {
  const { status, error, stdout, stderr } = spawnSync(command, [...before, ...args], { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`${command} ${[...before, ...args].join(" ")} ended with ${error ?? status}:\n${stdout}${stderr}`);
  }
}
