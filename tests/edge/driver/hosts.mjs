// The hosts of the plain module. Each is told the steps of `hosts/steps.mjs` and answers how they went.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { request } from "./client.mjs";
import { freePort, listening, start, stop } from "./processes.mjs";

const resolve = createRequire(import.meta.url).resolve;
const source = (name) => fileURLToPath(new URL(`../hosts/${name}`, import.meta.url));
const given = (folder) => JSON.parse(readFileSync(join(folder, "given.json"), "utf8"));
const module = (folder, name) => new WebAssembly.Module(readFileSync(join(folder, `${name}.wasm`)));
const modules = (folder) => Object.fromEntries(["whole", "verifier", "encrypted"].map((name) => [name, module(folder, name)]));

/** Waits for the end of a program, and gives what it has said. */
async function said(started, seconds = 300) {
  const late = setTimeout(() => stop(started), seconds * 1000);
  if (!started.ended) await new Promise((done) => started.child.once("close", done));
  clearTimeout(late);
  return started.log;
}

async function node(folder) {
  const { run } = await import(pathToFileURL(join(folder, "suite.mjs")));
  const { requests, ...rest } = given(folder);
  return run(modules(folder), rest, requests);
}

async function deno(folder) {
  const program = join(resolve("@deno/linux-x64-glibc/package.json"), "../deno");
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", DENO_DIR: join(folder, "deno"), NO_COLOR: "1" };
  const flags = ["run", "--no-remote", "--no-prompt", "--no-config", `--allow-read=${folder}`];
  const log = await said(start(program, [...flags, source("deno.mjs"), folder], { env }));
  return answer(log);
}

async function edgeRuntime(folder) {
  const { EdgeRuntime } = await import("edge-runtime");
  const runtime = new EdgeRuntime({ initialCode: readFileSync(join(folder, "suite.js"), "utf8") });
  const { requests, ...rest } = given(folder);
  // On Vercel a module is compiled by an import (`./safeconduct.wasm?module`), before the code runs.
  Object.assign(runtime.context, { modules: modules(folder), given: JSON.stringify(rest), requests });
  return JSON.parse(runtime.evaluate("JSON.stringify(suite.run(modules, JSON.parse(given), requests))"));
}

async function workerd(folder) {
  const port = await freePort(), file = join(folder, "config.capnp");
  writeFileSync(join(folder, "worker.mjs"), readFileSync(source("worker.mjs")));
  writeFileSync(file, `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [
      (name = "worker.mjs", esModule = embed "worker.mjs"),
      (name = "suite.mjs", esModule = embed "suite.mjs"),
      (name = "whole.wasm", wasm = embed "whole.wasm"),
      (name = "verifier.wasm", wasm = embed "verifier.wasm"),
      (name = "encrypted.wasm", wasm = embed "encrypted.wasm"),
    ],
    compatibilityDate = "2026-01-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`);
  const started = start(resolve("@cloudflare/workerd-linux-64/bin/workerd"), ["serve", file]);
  await listening(port, started);
  const told = await request(port, "POST", "/", { body: readFileSync(join(folder, "given.json")), seconds: 300 });
  await stop(started);
  return answer(told.text + started.log);
}

const CHROMIUM = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find(existsSync);

async function chromium(folder) {
  const types = { html: "text/html", mjs: "text/javascript", json: "application/json", wasm: "application/wasm" };
  writeFileSync(join(folder, "page.mjs"), readFileSync(source("page.mjs")));
  writeFileSync(join(folder, "page.html"), "<!doctype html><script type=module src=/page.mjs></script>");
  let tell;
  const told = new Promise((done) => { tell = done; });
  const server = createServer((asked, outgoing) => {
    if (asked.method === "POST") {
      const parts = [];
      asked.on("data", (part) => parts.push(part)).on("end", () => { outgoing.end(); tell(Buffer.concat(parts).toString()); });
      return;
    }
    const file = join(folder, asked.url.slice(1));
    if (!existsSync(file)) return outgoing.writeHead(404).end();
    const headers = { "content-type": types[file.split(".").pop()], "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
    outgoing.writeHead(200, headers).end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const flags = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", `--user-data-dir=${join(folder, "browser")}`, "--remote-debugging-port=0"];
  const started = start(CHROMIUM, [...flags, `http://127.0.0.1:${server.address().port}/page.html`]);
  const late = new Promise((done) => { setTimeout(() => done("the page has said nothing for 300 s"), 300_000).unref(); });
  const log = await Promise.race([told, late]);
  await stop(started);
  server.close();
  server.closeAllConnections();
  return answer(log === undefined ? started.log : log);
}

/** The last line is JSON, or something went wrong before. */
function answer(log) {
  const line = log.trim().split("\n").findLast((line) => line.startsWith("{"));
  if (!line) throw new Error(log || "it has said nothing");
  return JSON.parse(line);
}

export const hosts = { Node: node, Deno: deno, "Vercel's edge-runtime": edgeRuntime, workerd, ...(CHROMIUM ? { Chromium: chromium } : {}) };
