// Makes every manipulation of a bundle that lies in the folder where it runs, with nothing but that bundle:
//   node manipulate-bundle.ts case.zip clips/02/
// Writes one zip each and prints a line of JSON: the file of each → what a verifier has to name.
import { readFileSync, writeFileSync } from "node:fs";
import { unzipSync, zipSync } from "fflate";
import { MANIPULATIONS, manipulated } from "./manipulations.ts";

const [bundle = "", prefix = ""] = process.argv.slice(2);
const files = unzipSync(readFileSync(bundle));
const named = Object.entries(MANIPULATIONS).map(([name, manipulation], at) => {
  const file = `manipulated-${at}.zip`;
  writeFileSync(file, zipSync(manipulated(files, manipulation, prefix), { level: 0 }));
  return { name, file, named: manipulation.named };
});
console.log(JSON.stringify(named));
