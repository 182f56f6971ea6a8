// Runs a training program by the specification: program.json, the .onnx files, init.safetensors and images, nothing else.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ort from "onnxruntime-node";
import { fill } from "./inputs.js";
import { epochOrder } from "./order.js";
import { readSafetensors } from "./safetensors.js";
import { valueAt } from "./schedules.js";

/** The manifest; its seed is a bigint, for a JSON number may be too large for a float64. */
export function readManifest(folder) {
  const text = readFileSync(join(folder, "program.json"), "utf8");
  const manifest = JSON.parse(text);
  if (manifest.format !== 1) {
    throw new Error(`program.json is of format ${manifest.format}; this program reads format 1`);
  }
  // The options hold another "seed", and only the top level is indented by two spaces.
  manifest.seed = BigInt(/^ {2}"seed": (\d+)/m.exec(text)[1]);
  return manifest;
}

/**
 * Trains, and yields after each step {step, metrics, carried}: steps are counted from 1 here, as metrics.jsonl does.
 * @param {{images: object[], parts: object[]}} data
 * @param {number} steps of the run, which schedules depend on
 * @param {number} until how many of them to do
 */
export async function* train(folder, data, steps, until) {
  const manifest = readManifest(folder);
  const stage = manifest.stages.find(({ name }) => name === "step");
  const session = await ort.InferenceSession.create(join(folder, stage.file), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const port = new Map(stage.inputs.map((input) => [input.name, input]));
  const tensor = (name, values) => new ort.Tensor(port.get(name).dtype, values, port.get(name).shape);
  const initial = readSafetensors(join(folder, manifest.initial));
  const carried = {};
  for (const { name, role } of stage.inputs) {
    if (role === "parameter" || role === "state") {
      carried[name] = tensor(name, initial.get(name).data);
    }
  }

  const run = { steps, stepsPerEpoch: Math.floor(data.images.length / manifest.batch_size) };
  for (let step = 0; step < until; step++) {
    const feeds = { ...carried };
    for (const { name, dtype, default: value } of stage.inputs.filter(({ role }) => role === "scalar")) {
      const scalar = name in manifest.schedules ? valueAt(manifest.schedules[name], step, run) : value;
      feeds[name] = tensor(name, dtype === "int64" ? [BigInt(scalar)] : [scalar]);
    }
    const batch = batchOf(manifest, data, run, step);
    for (const [name, recipe] of Object.entries(manifest.batch)) {
      feeds[name] = tensor(name, fill(recipe, batch));
    }

    const outputs = await session.run(feeds);
    const metrics = {};
    for (const { name, role, next } of stage.outputs) {
      if (role === "metric") {
        metrics[name] = outputs[name];
      } else {
        carried[next] = outputs[name];
      }
    }
    yield { step: step + 1, metrics, carried };
  }
  await session.release();
}

/** What the fillers need to know of a step. */
export function batchOf({ seed, batch_size: size }, { images, parts }, { stepsPerEpoch }, step) {
  const epoch = Math.floor(step / stepsPerEpoch);
  const at = (step % stepsPerEpoch) * size;
  return { seed, step, epoch, images, rows: epochOrder(parts, seed, epoch).slice(at, at + size) };
}
