// node plain.mjs BUILT_JSON [--requests N]: the plain module and its class in every host of JavaScript that is here. Prints a table, host by step.
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { Desk } from "./desk.mjs";
import { hosts } from "./hosts.mjs";
import { stopAll } from "./processes.mjs";

const [builtFile, ...rest] = process.argv.slice(2);
const requests = Number(rest.includes("--requests") ? rest[rest.indexOf("--requests") + 1] : "2000");
const built = JSON.parse(readFileSync(builtFile, "utf8"));

// What the hosts are given: modules, the steps in one file, rings, snapshots one after the other, a token.
const folder = mkdtempSync(join(tmpdir(), "safeconduct-plain-"));
copyFileSync(built.plain, join(folder, "whole.wasm"));
copyFileSync(built.verify, join(folder, "verifier.wasm"));
copyFileSync(built.encrypted, join(folder, "encrypted.wasm"));
const bundle = { entryPoints: [fileURLToPath(new URL("../hosts/steps.mjs", import.meta.url))], bundle: true, logLevel: "warning" };
await build({ ...bundle, format: "esm", outfile: join(folder, "suite.mjs") });
await build({ ...bundle, format: "iife", globalName: "suite", outfile: join(folder, "suite.js") });

const desks = ["desk", "stranger"].map((name) => new Desk(built.desk, join(folder, name)));
const [desk, stranger] = await Promise.all(desks.map((desk) => desk.open("28800/1800/900/900")));
const now = Math.floor(Date.now() / 1000);
const nested = await desk.token("grace", "n");
const snapshots = [await desk.snapshot()];
for (const user of ["grace", "ada"]) {
  await desk.everywhere(user);
  snapshots.push(await desk.snapshot());
}
snapshots.push(await stranger.snapshot());
const verifier = desk.read("ring-e-edge.txt");
const rings = { issuer: desk.read("ring-e.txt"), verifier, alone: withoutRealm(verifier), nestedVerifier: desk.read("ring-n-edge.txt") };
writeFileSync(join(folder, "given.json"), JSON.stringify({ now, nested, rings, requests, snapshots: snapshots.map((bytes) => bytes.toString("base64")) }));

/** The ring of a verifier with its keys, and a zero for its realms (SPEC section 8.1). */
function withoutRealm(text) {
  const [front, bytes] = [text.slice(0, text.lastIndexOf(".") + 1), Buffer.from(text.trim().split(".").at(-1), "base64url")];
  const payload = Buffer.concat([bytes.subarray(0, 1 + bytes[0] * 46), Buffer.of(0)]);
  const sum = createHash("sha256").update("safeconduct/v1/ring/verifier\0").update(payload).digest().subarray(0, 4);
  return front + Buffer.concat([payload, sum]).toString("base64url");
}

const table = {};
let failed = 0, passed = 0;
const titles = Object.keys(hosts);
for (const title of titles) {
  const outcome = await hosts[title](folder).catch((error) => ({ "the host": error.stack }));
  for (const [name, went] of Object.entries(outcome)) {
    went === "passed" ? passed++ : failed++;
    if (went !== "passed") console.error(`${title}: ${name}: ${went}`);
    (table[name] ??= {})[title] = went === "passed" ? "passed" : "FAILED";
  }
}
await stopAll();
rmSync(folder, { recursive: true, force: true });

console.log(`| the plain module | ${titles.join(" | ")} |\n| --- |${" --- |".repeat(titles.length)}`);
for (const [name, cells] of Object.entries(table)) console.log(`| ${name} | ${titles.map((title) => cells[title] ?? "").join(" | ")} |`);
if (!titles.includes("Chromium")) console.log("Chromium is not here, so no browser was asked");
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
