// A browser's part of HTTP, with its headers in the open.
import { Agent, request as httpRequest } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Of its two cookies, a new browser gets this one first. */
export const COOKIE = "__Host-sid-a";

/** One request to 127.0.0.1. A connection that breaks rejects. */
export function request(port, method, path, { headers = {}, body = "", seconds = 20 } = {}) {
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
    outgoing.setTimeout(seconds * 1000, () => outgoing.destroy(new Error(`${method} ${path}: no answer for ${seconds} s`)));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** What a browser sends back after a response: the one session cookie with a token in it, as `name=token.generation`; undefined if there is none. */
export function cookieOf(response) {
  const set = (response.headers["set-cookie"] ?? []).map((line) => line.split(";")[0]);
  const cookies = set.filter((pair) => /^__Host-sid-[ab]=sc1/.test(pair));
  if (cookies.length > 1) throw new Error(`${cookies.length} session cookies in one response`);
  return cookies[0];
}

/** The token in it. */
export const tokenOf = (cookie) => cookie.slice(COOKIE.length + 1).split(".")[0];

/** `subject ada` and so on, as an object. */
export const facts = (response) =>
  Object.fromEntries(response.text.trim().split("\n").map((line) => line.split(" ")));
