// node plain.mjs BUILT_JSON [--requests N]: the plain module through its host's class, here under Node.
import assert from "node:assert/strict";
import { createHash, randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Sessions } from "../../../examples/wasm-anywhere/safeconduct.js";
import { Desk } from "./desk.mjs";
import { fuzzedToken } from "./fuzz.mjs";
import { stopAll } from "./processes.mjs";

const [builtFile, ...rest] = process.argv.slice(2);
const requests = Number(rest.includes("--requests") ? rest[rest.indexOf("--requests") + 1] : "2000");
const built = JSON.parse(readFileSync(builtFile, "utf8"));
const [whole, verifier, encrypted] = [built.plain, built.verify, built.encrypted].map((file) => new WebAssembly.Module(readFileSync(file)));

const folder = mkdtempSync(join(tmpdir(), "safeconduct-plain-"));
const desks = ["desk", "stranger"].map((name) => new Desk(built.desk, join(folder, name)));
const [desk, stranger] = await Promise.all(desks.map((desk) => desk.open("28800/1800/900/900")));
const now = Math.floor(Date.now() / 1000);
const context = ["shop.example", "session"];
const open = async (module, settings) => {
  const sessions = new Sessions(module, { context, ...settings });
  sessions.takeSnapshot(await desk.snapshot(), now);
  return sessions;
};
const ring = desk.ring("ring-e.txt");
const shop = await open(whole, { ring });

const steps = {
  "one import, and none without minting"() {
    assert.deepEqual(WebAssembly.Module.imports(whole), [{ module: "host", name: "random", kind: "function" }]);
    assert.deepEqual(WebAssembly.Module.imports(verifier), []);
  },
  async "issue, verify, renew, expire"() {
    const token = shop.issue({ subject: "usr_8f14e45fceea167a" }, now);
    const edge = await open(verifier, { ring: desk.ring("ring-e-edge.txt") });
    for (const reader of [shop, edge]) {
      const session = reader.verify(token, now + 0.9);
      assert.equal(session.subject, "usr_8f14e45fceea167a");
      assert.deepEqual([session.level, session.rotation, session.startedAt, session.expiresAt], [1, 0, now, now + 1800]);
      assert.deepEqual([session.authenticatedAt, session.endsAt, session.claims], [now, now + 28_800, undefined]);
    }
    assert.equal(shop.renew(token, now + 899), null);
    assert.equal(shop.why, "");
    const renewed = shop.renew(token, now + 900);
    assert.equal(shop.verify(renewed, now + 2000).rotation, 1);
    assert.equal(shop.verify(token, now + 1800), null);
    assert.equal(shop.why, "Idle");
  },
  "kind e alone: no snapshots, and no ring that has a realm"() {
    assert.deepEqual(WebAssembly.Module.imports(encrypted), []);
    assert.ok(!WebAssembly.Module.exports(encrypted).some(({ name }) => name === "take_snapshot"));
    const text = desk.ring("ring-e-edge.txt");
    const alone = (ring) => new Sessions(encrypted, { context, ring });
    assert.throws(() => alone(text), /realm 1: .*without the feature `signatures`/);
    const [front, bytes] = [text.slice(0, text.lastIndexOf(".") + 1), Buffer.from(text.trim().split(".").at(-1), "base64url")];
    // The keys, and a zero for the realms (SPEC section 8.1).
    const payload = Buffer.concat([bytes.subarray(0, 1 + bytes[0] * 46), Buffer.of(0)]);
    const sum = createHash("sha256").update("safeconduct/v1/ring/verifier\0").update(payload).digest().subarray(0, 4);
    const sessions = alone(front + Buffer.concat([payload, sum]).toString("base64url"));
    const token = shop.issue({ subject: "ada" }, now);
    assert.equal(sessions.verify(token, now).subject, "ada");
    assert.equal(sessions.verify(token.replace("sc1e", "sc1n") + "A".repeat(88), now), null);
    assert.equal(sessions.why, "KindNotAccepted");
    assert.equal(sessions.verify(token, now + 1800), null);
    assert.equal(sessions.why, "Idle");
  },
  async "claims of the host's own"() {
    const sessions = await open(whole, { ring, claims: true });
    for (const length of [0, 1, 300, 2000]) {
      const claims = new Uint8Array(randomBytes(length));
      const token = sessions.issue({ subject: "ada", claims }, now);
      const found = sessions.verify(token, now);
      assert.deepEqual(Buffer.from(found.claims ?? []), Buffer.from(claims));
      assert.equal(shop.verify(token, now), null);
      assert.equal(shop.why, "BadAppClaims");
    }
    assert.throws(() => sessions.issue({ subject: "ada", claims: new Uint8Array(5000) }, now), /4,096/);
    assert.throws(() => sessions.issue({ subject: "" }, now));
  },
  async "the desk's tokens; a verifier's ring cannot mint"() {
    const token = await desk.login("grace");
    const edge = await open(whole, { ring: desk.ring("ring-n-edge.txt"), kind: "n" });
    assert.equal(edge.verify(token, now + 1).subject, "grace");
    assert.throws(() => edge.issue({ subject: "grace" }, now), /a verifier's ring cannot mint/);
    assert.equal(edge.renew(token, now + 1000), null);
    assert.equal(edge.why, "a verifier's ring cannot mint");
    assert.equal(shop.verify(token, now), null);
    assert.equal(shop.why, "KindNotAccepted");
  },
  async "log out everywhere, by a new snapshot"() {
    const token = shop.issue({ subject: "grace" }, now);
    await desk.everywhere("grace");
    assert.equal(shop.verify(token, now).subject, "grace");
    const before = await desk.snapshot();
    shop.takeSnapshot(before, now + 1);
    assert.equal(shop.verify(token, now + 1), null);
    assert.equal(shop.why, "Revoked(subject)");
    assert.equal(shop.verify(shop.issue({ subject: "grace" }, now + 1), now + 1).subject, "grace");
    await desk.everywhere("ada");
    shop.takeSnapshot(await desk.snapshot(), now + 1);
    assert.throws(() => shop.takeSnapshot(before, now + 1), /older/);
    assert.equal(shop.verify(token, now + 3 * 3600), null);
  },
  async "bad snapshots, bad rings: an error that shows no secret"() {
    const token = shop.issue({ subject: "linus" }, now);
    const good = await desk.snapshot();
    for (const bytes of [new Uint8Array(0), randomBytes(252), good.subarray(1), good.subarray(0, 251), await stranger.snapshot()]) {
      assert.throws(() => shop.takeSnapshot(bytes, now));
      assert.equal(shop.verify(token, now).subject, "linus");
    }
    for (const text of ["", "sc-ring.v1.", ring.slice(0, 60), ring.toUpperCase(), `${ring}A`, "\u{1f600}".repeat(500)]) {
      assert.throws(() => new Sessions(whole, { context, ring: text }), (error) => error.message.length > 0 && !error.message.includes(ring.slice(20, 40)));
    }
    assert.throws(() => new Sessions(whole, { context: [], ring }), /context/);
    assert.throws(() => new Sessions(whole, { context, ring, kind: "x" }), /kind/);
    assert.equal(new Sessions(whole, { context, ring }).verify(token, now), null, "no snapshot yet");
  },
  "no random bytes, no clock"() {
    const real = crypto.getRandomValues;
    crypto.getRandomValues = () => { throw new Error("not in a request"); };
    try {
      assert.throws(() => shop.issue({ subject: "ada" }, now), /the random source failed/);
    } finally {
      crypto.getRandomValues = real;
    }
    const token = shop.issue({ subject: "linus" }, now);
    for (const moment of [NaN, -1, Infinity, 1e300]) assert.equal(shop.verify(token, moment), null);
    assert.equal(shop.verify(token, 0), null);
    assert.equal(shop.why, "KeyNotYetValid");
    assert.equal(shop.verify(token, now).subject, "linus");
  },
  "fuzzed tokens: only refusals"() {
    const token = shop.issue({ subject: "linus" }, now);
    for (let i = 0; i < requests; i++) {
      const text = i % 64 ? fuzzedToken(token) : String.fromCharCode(...Array.from({ length: 40 }, () => randomInt(0x10000)));
      assert.equal(shop.verify(text, now), null, text);
      if (i % 16 === 0) assert.equal(shop.renew(text, now), null);
    }
    assert.equal(shop.verify("A".repeat(10_000_000), now), null);
    assert.equal(shop.verify(token, now).subject, "linus");
  },
};

let failed = 0;
for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
    console.log(`| ${name} | passed |`);
  } catch (error) {
    failed += 1;
    console.log(`| ${name} | FAILED |\n${error.stack}`);
  }
}
await stopAll();
rmSync(folder, { recursive: true });
console.log(`\n${Object.keys(steps).length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
