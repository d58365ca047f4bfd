// How large what is deployed is, as it is and compressed, and how much of that sessions add.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

const compressed = (files) => gzipSync(Buffer.concat(files.map((file) => readFileSync(file))), { level: 9 }).length;

const scripts = (folder) =>
  readdirSync(folder, { recursive: true }).filter((name) => /_bg\.js$|^snippets.*\.js$/.test(name)).map((name) => join(folder, name));

/** The functions: those in `built`, or those without sessions. */
const functions = ({ worker, fastly, lambda }) => ({
  "Worker: wasm": [join(worker, "index_bg.wasm")],
  "Worker: JavaScript": scripts(worker),
  "Compute: wasm": [fastly],
  "Lambda: bootstrap": [lambda],
});

/** A row of a table for each artefact. */
export function sizes(built) {
  const artefacts = {
    ...functions(built),
    "plain module": [built.plain],
    "plain module, verifying only": [built.verify],
    "plain module, verifying kind e, no snapshots": [built.encrypted],
  };
  const inBare = (file) => join(built.bare, file);
  const bare = existsSync(built.bare)
    ? functions({ worker: inBare("worker"), fastly: inBare("fastly-compute.wasm"), lambda: inBare("bootstrap") })
    : undefined;
  const rows = Object.entries(artefacts).map(([name, files]) => {
    const [size, packed] = [files.reduce((sum, file) => sum + statSync(file).size, 0), compressed(files)];
    let added = name.startsWith("plain") ? "all" : "";
    if (bare?.[name]) added = kilobytes(packed - compressed(bare[name]));
    return `| ${name} | ${kilobytes(size)} | ${kilobytes(packed)} | ${added} |`;
  });
  return ["| artefact | size | gzip -9 | added by sessions |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
