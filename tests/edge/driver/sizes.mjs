// How large what is deployed is, as it is and compressed.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

/** A row of a table for each artefact. */
export function sizes(built) {
  const worker = readdirSync(built.worker, { recursive: true }).filter((name) => /_bg\.(js|wasm)$|^snippets.*\.js$/.test(name));
  const artefacts = {
    "Worker: wasm": [join(built.worker, "index_bg.wasm")],
    "Worker: JavaScript": worker.filter((name) => name.endsWith(".js")).map((name) => join(built.worker, name)),
    "Compute: wasm": [built.fastly],
    "Lambda: bootstrap": [built.lambda],
    "plain module": [built.plain],
    "plain module, verifying only": [built.verify],
    "plain module, verifying kind e, no snapshots": [built.encrypted],
  };
  const rows = Object.entries(artefacts).map(([name, files]) => {
    const bytes = Buffer.concat(files.map((file) => readFileSync(file)));
    return `| ${name} | ${kilobytes(bytes.length)} | ${kilobytes(gzipSync(bytes, { level: 9 }).length)} |`;
  });
  return ["| artefact | size | gzip -9 |", "| --- | --- | --- |", ...rows].join("\n");
}
