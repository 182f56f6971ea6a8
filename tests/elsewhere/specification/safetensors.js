import { readFileSync } from "node:fs";

const TYPES = {
  F32: ["float32", Float32Array],
  F64: ["float64", Float64Array],
  I32: ["int32", Int32Array],
  I64: ["int64", BigInt64Array],
  U8: ["uint8", Uint8Array],
  BOOL: ["bool", Uint8Array],
};

/** Tensors by name: {type, shape, data}. */
export function readSafetensors(path) {
  const file = readFileSync(path);
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + length).toString("utf8"));
  delete header.__metadata__;
  return new Map(Object.entries(header).map(([name, { dtype, shape, data_offsets: [begin, end] }]) => {
    const [type, Elements] = TYPES[dtype];
    const bytes = file.subarray(8 + length + begin, 8 + length + end);
    return [name, { type, shape, data: new Elements(Uint8Array.from(bytes).buffer) }];
  }));
}
