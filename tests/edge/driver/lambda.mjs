// The function as Lambda runs it: two execution environments that poll a runtime API, and a store for snapshots behind HTTP.
import { createServer } from "node:http";

import { RuntimeApi } from "./lambda_api.mjs";
import { start, stop } from "./processes.mjs";

const ENVIRONMENTS = 2;

export class Lambda {
  static title = "Lambda (runtime API)";
  constructor({ built: { lambda } }) {
    this.program = lambda;
    this.stored = {};
    this.store = createServer((asked, answer) => {
      const stored = this.stored[asked.url.slice(1)];
      if (stored === undefined) return answer.writeHead(404).end();
      const [tag, known] = [`"${stored.version}"`, asked.headers["if-none-match"]];
      return known === tag ? answer.writeHead(304, { etag: tag }).end() : answer.writeHead(200, { etag: tag }).end(stored.bytes);
    });
  }
  async start({ ring, operator, desk, ...variables }) {
    if (!this.store.listening) await new Promise((resolve) => this.store.listen(0, "127.0.0.1", resolve));
    this.api = new RuntimeApi();
    await this.api.listen();
    const store = `http://127.0.0.1:${this.store.address().port}`;
    const texts = {
      RING: ring, OPERATOR: operator, DESK: desk, ...variables,
      SNAPSHOT: `${store}/snapshot`, DOCUMENT: `${store}/ring`,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${this.api.port}`,
      AWS_LAMBDA_FUNCTION_NAME: "shop", AWS_LAMBDA_FUNCTION_VERSION: "1", AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    };
    const env = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
    this.processes = Array.from({ length: ENVIRONMENTS }, () => start(this.program, [], { env }));
    this.port = this.api.port;
  }
  async publish(name, bytes) {
    this.stored[name] = { bytes, version: (this.stored[name]?.version ?? 0) + 1 };
  }
  get log() { return this.processes.map((environment) => environment.log).join(""); }
  get panic() { return this.processes.find(({ panic }) => panic)?.panic; }
  get pids() { return this.processes.map((environment) => environment.child.pid); }
  async stop() {
    await Promise.all((this.processes ?? []).map(stop));
    await this.api?.close();
  }
  async close() {
    await this.stop();
    this.store.close();
    this.store.closeAllConnections();
  }
}
