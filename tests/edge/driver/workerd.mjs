// The Worker on workerd: bindings in its configuration, the KV namespace in a folder.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { freePort, listening, start, stop } from "./processes.mjs";

const program = createRequire(import.meta.url).resolve("@cloudflare/workerd-linux-64/bin/workerd");

export class Workerd {
  static title = "Workers (workerd)";
  constructor({ folder, built: { worker } }) {
    Object.assign(this, { folder: mkdtempSync(join(folder, "workerd-")), built: worker });
    this.store = join(this.folder, "kv");
    mkdirSync(this.store);
  }
  async start({ ring, operator, desk, ...variables }) {
    this.port = await freePort();
    const texts = { RING: ring, OPERATOR: operator, DESK: desk, ...variables };
    const bindings = Object.entries(texts).filter(([, text]) => text !== undefined)
      .map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`);
    const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [
        (name = "shim.js", esModule = embed ${this.#path(fileURLToPath(new URL("../shim.js", import.meta.url)))}),
        ${this.#modules()},
      ],
      compatibilityDate = "2026-01-01",
      bindings = [${bindings.join(", ")}, (name = "REVOKED", kvNamespace = "kv")],
    )),
    (name = "kv", disk = (path = ${JSON.stringify(this.store)}, writable = true)),
    (name = "internet", network = (allow = ["local", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${this.port}", http = (), service = "main")],
);
`;
    const file = join(this.folder, "config.capnp");
    writeFileSync(file, config);
    this.process = start(program, ["serve", file]);
    await listening(this.port, this.process);
  }
  /** Into the store, as it is, whatever it is. */
  async publish(name, bytes) {
    writeFileSync(join(this.folder, "draft"), bytes);
    renameSync(join(this.folder, "draft"), join(this.store, name));
  }
  get log() { return this.process.log; }
  get panic() { return this.process.panic; }
  get pids() { return [this.process.child.pid]; }
  stop() { return stop(this.process); }
  /** Paths of a configuration are relative to it. */
  #path(file) { return JSON.stringify(relative(this.folder, file)); }
  /** Everything that wasm-bindgen has made. */
  #modules() {
    const names = readdirSync(this.built, { recursive: true }).filter((name) => /_bg\.(js|wasm)$|^snippets.*\.js$/.test(name));
    const kind = (name) => (name.endsWith(".wasm") ? "wasm" : "esModule");
    return names.map((name) => `(name = "${name}", ${kind(name)} = embed ${this.#path(join(this.built, name))})`).join(", ");
  }
}
