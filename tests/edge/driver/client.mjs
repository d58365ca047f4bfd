// A browser's part of HTTP, with its headers in the open.
import { Agent, request as httpRequest } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export const COOKIE = "__Host-sid";

/** One request to 127.0.0.1. A connection that breaks rejects. */
export function request(port, method, path, { headers = {}, body = "" } = {}) {
  const length = body.length ? { "content-length": Buffer.byteLength(body) } : {};
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, agent, headers: { ...headers, ...length } };
    const outgoing = httpRequest(options, (incoming) => {
      const parts = [];
      incoming.on("data", (part) => parts.push(part));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const { statusCode: status, headers } = incoming;
        resolve({ status, headers, body: Buffer.concat(parts), text: Buffer.concat(parts).toString() });
      });
    });
    outgoing.setTimeout(20_000, () => outgoing.destroy(new Error(`${method} ${path}: no answer for 20 s`)));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** The session token that a response sets; undefined if it sets none. */
export function tokenOf(response) {
  const cookies = (response.headers["set-cookie"] ?? []).filter((line) => line.startsWith(`${COOKIE}=`));
  if (cookies.length > 1) throw new Error(`${cookies.length} session cookies in one response`);
  return cookies[0]?.slice(COOKIE.length + 1).split(";")[0];
}

/** `subject ada` and so on, as an object. */
export const facts = (response) =>
  Object.fromEntries(response.text.trim().split("\n").map((line) => line.split(" ")));
