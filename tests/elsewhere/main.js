// Trains each case with jem, runs its program once more without jem, and compares the two. One line a case; exit code 1 on a difference.
// Usage: node main.js FOLDER JEM…, with an empty folder to work in and the command that starts jem.

import { join } from "node:path";
import { CASES } from "./cases.js";
import { compare } from "./compare.js";
import { trainWithJem } from "./trainer.js";
import { checkWorked } from "./worked.js";

const [folder, ...jem] = process.argv.slice(2);
const report = (name, complaints, said) => {
  console.log(complaints.length === 0 ? `same  ${name}${said}` : `OTHER ${name}\n      ${complaints.join("\n      ")}`);
  return complaints.length === 0;
};

const results = [report("the numbers in the documents", checkWorked(), "")];
for (const [index, row] of CASES.entries()) {
  const run = trainWithJem(row, join(folder, `${index}`), jem);
  const { complaints, said } = await compare(row, run);
  results.push(report(`${row.method}: ${row.about}`, complaints, said));
}
process.exit(results.every(Boolean) ? 0 : 1);
