// The function on Viceroy: secrets and settings in its configuration, the KV store in its memory.
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { request } from "./client.mjs";
import { freePort, listening, start, stop } from "./processes.mjs";

export class Viceroy {
  static title = "Compute (Viceroy)";
  /** The function itself looks at what is put into its store. */
  guarded = true;
  constructor({ folder, built: { fastly } }) {
    Object.assign(this, { folder: mkdtempSync(join(folder, "viceroy-")), fastly });
  }
  async start({ ring, operator, desk, RING_KEY, ...settings }) {
    this.port = await freePort();
    const text = JSON.stringify;
    const secrets = Object.entries({ RING: ring, OPERATOR: operator, RING_KEY }).filter(([, value]) => value !== undefined)
      .map(([key, data]) => `{ key = "${key}", data = ${text(data)} }`);
    const contents = Object.entries(settings).map(([name, value]) => `${name} = ${text(value)}\n`).join("");
    const stored = [...this.#first].map(([key, file]) => `{ key = "${key}", file = ${text(file)} }`).join(", ");
    writeFileSync(join(this.folder, "fastly.toml"), `manifest_version = 3
name = "shop"
[local_server.backends.desk]
url = ${text(desk)}
[local_server.secret_stores]
shop-secrets = [${secrets.join(", ")}]
[local_server.kv_stores]
revoked = [${stored}]
[local_server.config_stores.shop-settings]
format = "inline-toml"
[local_server.config_stores.shop-settings.contents]
${contents}`);
    const args = ["serve", "-C", join(this.folder, "fastly.toml"), "--addr", `127.0.0.1:${this.port}`, this.fastly];
    this.process = start("viceroy", args);
    await listening(this.port, this.process);
  }
  #first = new Map();
  /** Into the store, as it is, before the start: Viceroy's stores cannot be written from outside later. */
  #put(name, bytes) {
    this.#first.set(name, join(this.folder, name));
    writeFileSync(join(this.folder, name), bytes);
  }
  /** Into the store by way of the function, which looks at it first. */
  async publish(name, bytes) {
    if (!this.process || this.process.ended) return this.#put(name, bytes);
    const answer = await request(this.port, "PUT", `/${name}`, { body: bytes });
    if (![204, 422].includes(answer.status)) throw new Error(`PUT /${name}: ${answer.status}\n${this.log}`);
    // Viceroy's store is gone when it is stopped; a real one is not.
    if (answer.status === 204) this.#put(name, bytes);
  }
  get log() { return this.process.log; }
  get panic() { return this.process.panic; }
  get pids() { return [this.process.child.pid]; }
  stop() { return stop(this.process); }
}
