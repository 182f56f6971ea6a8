// Runs the program of a run and compares what comes out with what the run logged and saved.

import { readManifest, train } from "./specification/program.js";
import { valueAt } from "./specification/schedules.js";
import { STEPS } from "./trainer.js";

// Sums of float32 in another order: jem's kernels add up otherwise than the bodies of the functions, and so does another version of
// ONNX Runtime or another processor. Momentum and batch norm of small batches make such differences grow from step to step, the more in
// single weights; with the bodies and on one machine the bits agree.
const METRIC = 1e-5;
const TENSOR = 1e-3;

/** @returns {Promise<{complaints: string[], said: string}>} */
export async function compare(row, run) {
  const complaints = scalars(run);
  const line = new Map(run.lines.map((values) => [values.step, values]));
  let [furthest, compared, carried] = [0, 0, {}];
  for await (const result of train(run.program, run.data, run.steps, STEPS)) {
    carried = result.carried;
    for (const [name, { data, dims }] of Object.entries(result.metrics)) {
      const expected = line.get(result.step)?.[name];
      if (dims.length === 0 && expected !== undefined) {
        const difference = Math.abs(data[0] - expected) / Math.max(Math.abs(expected), 1e-3);
        [furthest, compared] = [Math.max(furthest, difference), compared + 1];
        if (!(difference <= METRIC)) {
          complaints.push(`step ${result.step}: ${name} is ${data[0]}; jem's is ${expected}`);
        }
      }
    }
  }
  if (compared < 2) {
    complaints.push(`jem logged ${compared} metrics of the first ${STEPS} steps; expected two or more`);
  }
  const [name, difference] = furthestTensor(run.tensors, carried);
  if (!(difference <= TENSOR)) {
    complaints.push(`after step ${STEPS}: '${name}' differs by ${difference} of its largest element`);
  }
  const same = furthest === 0 && difference === 0;
  return { complaints, said: same ? ", bit for bit" : `, losses within ${furthest.toExponential(1)}, weights within ${difference.toExponential(1)}` };
}

/** Every scalar of every logged step, to the last digit. */
function scalars({ program, data, steps, lines }) {
  const { batch_size, schedules } = readManifest(program);
  const run = { steps, stepsPerEpoch: Math.floor(data.images.length / batch_size) };
  return lines.flatMap((line) => Object.entries(schedules).flatMap(([name, schedule]) => {
    const value = valueAt(schedule, line.step - 1, run);
    return value === line[name] ? [] : [`step ${line.step}: ${name} is ${value}; jem's is ${line[name]}`];
  }));
}

/** Of all parameters and states the one that differs most, measured by its largest element. */
function furthestTensor(tensors, carried) {
  let furthest = ["", 0];
  for (const [name, { data }] of tensors) {
    const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-3);
    const got = carried[name]?.data ?? [];
    const difference = data.reduce((most, x, i) => Math.max(most, Math.abs(x - (got[i] ?? NaN))), 0) / largest;
    if (!(difference <= furthest[1])) {
      furthest = [name, difference];
    }
  }
  return furthest;
}
