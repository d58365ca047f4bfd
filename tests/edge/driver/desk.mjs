// The desk, and what an operator does with it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { cookieOf, request, tokenOf } from "./client.mjs";
import { freePort, listening, start } from "./processes.mjs";

export const OPERATOR = "a word that only operators know";
/** Seconds: session, idle, until renewal, step-up. */
export const LIFETIMES = "600/120/2/3";

export class Desk {
  constructor(program, folder) {
    Object.assign(this, { program, folder });
    this.command("init");
  }
  command(name) { execFileSync(this.program, [name, this.folder]); }
  async open(lifetimes = LIFETIMES) {
    this.port = await freePort();
    const env = { ...process.env, LIFETIMES: lifetimes, OPERATOR };
    this.process = start(this.program, ["serve", this.folder, `127.0.0.1:${this.port}`], { env });
    await listening(this.port, this.process);
    return this;
  }
  get url() { return `http://127.0.0.1:${this.port}`; }
  read(name) { return readFileSync(join(this.folder, name), "utf8"); }
  /** Names of the keys by which a function opens published rings: those of issuers, or of verifiers. */
  keys(role) { return { RING_KEY: this.read(`kek-${role}`), RING_ROOT: this.read("root.public") }; }
  async snapshot() { return (await this.#get("GET", "/snapshot")).body; }
  async everywhere(user) { await this.#get("POST", "/everywhere", { body: user, headers: { "safeconduct-operator": OPERATOR } }); }
  /** The cookie of a new session in a token of that kind. */
  async login(user, kind) { return cookieOf(await this.#get("POST", `/${kind}/login`, { body: `user=${user}` })); }
  async token(user, kind) { return tokenOf(await this.login(user, kind)); }
  async #get(method, path, options) {
    const answer = await request(this.port, method, path, options);
    if (answer.status !== 200) throw new Error(`the desk: ${method} ${path}: ${answer.status}\n${this.process.log}`);
    return answer;
  }
}
