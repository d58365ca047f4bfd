// Lambda's runtime API and, in front of it, an HTTP API: a request becomes an event of payload format 2.0, and the function's answer a response.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

const RUNTIME = "/2018-06-01/runtime/";

export class RuntimeApi {
  #events = [];
  #polls = [];
  #pending = new Map();
  #server = createServer((incoming, outgoing) => {
    const parts = [];
    incoming.on("data", (part) => parts.push(part));
    incoming.on("end", () => this.#route(incoming, Buffer.concat(parts), outgoing));
  });

  listen() {
    this.#server.keepAliveTimeout = 600_000;
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }
  get port() { return this.#server.address().port; }
  close() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  #route(incoming, body, outgoing) {
    const { method, url } = incoming;
    if (!url.startsWith(RUNTIME)) return this.#front(incoming, body, outgoing);
    const [what, id, outcome] = url.slice(RUNTIME.length).split("/");
    if (what === "invocation" && id === "next") {
      this.#polls.push(outgoing);
      outgoing.on("close", () => { this.#polls = this.#polls.filter((poll) => poll !== outgoing); });
      return this.#match();
    }
    if (method === "POST" && what === "invocation" && this.#pending.has(id)) {
      const answer = this.#pending.get(id);
      this.#pending.delete(id);
      outgoing.writeHead(202).end();
      return outcome === "response" ? respond(JSON.parse(body), answer) : answer.writeHead(502).end();
    }
    return outgoing.writeHead(what === "init" ? 202 : 404).end();
  }

  #front({ method, url, headers }, body, answer) {
    const [path, query = ""] = url.split("?");
    const { cookie, ...others } = headers;
    const now = Date.now();
    const event = {
      version: "2.0", routeKey: "$default", rawPath: path, rawQueryString: query, headers: others,
      ...(cookie === undefined ? {} : { cookies: cookie.split("; ") }),
      requestContext: {
        accountId: "000000000000", apiId: "local", domainName: "localhost", domainPrefix: "local",
        http: { method, path, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: headers["user-agent"] ?? "" },
        requestId: randomUUID(), routeKey: "$default", stage: "$default",
        time: new Date(now).toISOString(), timeEpoch: now,
      },
      body: body.toString("base64"), isBase64Encoded: true,
    };
    this.#events.push({ id: randomUUID(), event, answer });
    this.#match();
  }

  #match() {
    while (this.#events.length && this.#polls.length) {
      const { id, event, answer } = this.#events.shift();
      this.#pending.set(id, answer);
      this.#polls.shift().writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": id,
        "lambda-runtime-deadline-ms": String(Date.now() + 10_000),
        "lambda-runtime-invoked-function-arn": "arn:aws:lambda:local:000000000000:function:shop",
      }).end(JSON.stringify(event));
    }
  }
}

function respond({ statusCode, headers = {}, multiValueHeaders = {}, cookies = [], body, isBase64Encoded }, answer) {
  const all = { ...headers, ...multiValueHeaders };
  if (cookies.length) all["set-cookie"] = cookies;
  answer.writeHead(statusCode, all).end(Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8"));
}
