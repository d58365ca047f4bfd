// Every test vector through the crate on wasm32, held against what the crate said natively.
// usage: node compare.mjs MODULE.wasm DIRECTORY EXPECTED
import { readFileSync, readdirSync } from "node:fs";

const [module, directory, expectedFile] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(module), {});
const { clear, push, byte, judge, make_golden } = instance.exports;

const read = (length) => {
  const bytes = new Uint8Array(length);
  for (let place = 0; place < length; place++) bytes[place] = byte(place);
  return new TextDecoder().decode(bytes);
};
const verdict = (text) => {
  clear();
  for (const one of new TextEncoder().encode(text)) push(one);
  return read(judge());
};

const expected = readFileSync(expectedFile, "utf8").trimEnd().split("\n");
const files = readdirSync(directory).filter((name) => name.endsWith(".txt")).sort();
const found = files.map((name) => `${name} ${verdict(readFileSync(`${directory}/${name}`, "utf8"))}`);
clear();
found.push(...read(make_golden()).split("\n"));

let differences = 0;
for (let line = 0; line < Math.max(found.length, expected.length); line++) {
  if (found[line] === expected[line]) continue;
  if (++differences <= 10) console.error(`native: ${expected[line]}\nwasm32: ${found[line]}\n`);
}
const rules = new Map();
for (const name of files) {
  const rule = name.split("-")[0];
  rules.set(rule, (rules.get(rule) ?? 0) + 1);
}
const counts = [...rules].map(([rule, count]) => `${count} ${rule}`).join(", ");
console.log(`wasm32: ${files.length} vectors (${counts}) and ${found.length - files.length} golden hashes, ${differences} differences`);
if (differences > 0 || files.length === 0) process.exit(1);
