// The scalars of the specification, section "Scalars".

/**
 * The value of a schedule at a step, in float64.
 * @param {{steps: number, stepsPerEpoch: number}} run
 * @param {number} step from 0
 */
export function valueAt(schedule, step, run) {
  switch (schedule.kind) {
    case "cosine":
      return cosineAt(schedule, step, run);
    case "pointer":
      return Number((BigInt(step) * BigInt(schedule.stride)) % BigInt(schedule.length));
    case "switch":
      return step >= Math.max(schedule.after_steps, Math.min(schedule.from_epoch * run.stepsPerEpoch, schedule.latest * run.steps)) ? 1 : 0;
    default:
      throw new Error(`unknown schedule kind '${schedule.kind}'`);
  }
}

function cosineAt({ start, peak, final, warmup_epochs, longest_warmup }, step, { steps, stepsPerEpoch }) {
  const warmup = Math.min(warmup_epochs * stepsPerEpoch, longest_warmup * steps);
  if (step < warmup) {
    return start + (peak - start) * Math.min(1, (step + 1) / warmup);
  }
  const progress = (step - warmup) / Math.max(1, steps - 1 - warmup);
  return final + (peak - final) * 0.5 * (1 + cos(Math.PI * Math.min(1, progress)));
}

/** The float64 nearest to the cosine of x, 0 <= x <= pi: Math.cos may be one unit of the last digit away. */
export function cos(x) {
  const bits = 160;
  const one = 1n << BigInt(bits);
  // 2^60·x is a whole number for x >= 2^-8; what a smaller x loses here is far below the last digit of its cosine.
  const fixed = BigInt(Math.trunc(x * 2 ** 60)) << BigInt(bits - 60);
  const square = (fixed * fixed) >> BigInt(bits);
  let [sum, term] = [0n, one];
  for (let n = 1n; term !== 0n; n += 2n) {
    sum += term;
    term = -((term * square) >> BigInt(bits)) / (n * (n + 1n));
  }
  return Number(sum) * 2 ** -bits;
}
