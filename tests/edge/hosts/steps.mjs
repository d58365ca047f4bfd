// What the plain module and its class have to do in every host of JavaScript. Nothing here is of a host: no file, no network, no clock.
import { Sessions } from "../../../examples/wasm-anywhere/safeconduct.js";
import { bytesOf, equal, throws } from "./checks.mjs";
import { fuzzedToken, randomBytes, randomInt } from "./fuzz.mjs";

const context = ["shop.example", "session"];

/**
 * Takes every step and tells how it went: `{ name: "passed" }`, or what was wrong.
 * `modules` are the compiled modules; `given` is what the driver has got from the desk, as JSON.
 */
export function run(modules, given, requests) {
  const { whole, verifier, encrypted } = modules, { now, rings } = given;
  const [before, graceOut, adaOut, foreign] = given.snapshots.map(bytesOf);
  const open = (module, settings, snapshot = before) => {
    const sessions = new Sessions(module, { context, ...settings });
    sessions.takeSnapshot(snapshot, now);
    return sessions;
  };
  const shop = open(whole, { ring: rings.issuer });

  const steps = {
    "one import, and none without minting"() {
      equal(WebAssembly.Module.imports(whole), [{ module: "host", name: "random", kind: "function" }]);
      equal(WebAssembly.Module.imports(verifier), []);
    },
    "issue, verify, renew, expire"() {
      const token = shop.issue({ subject: "usr_8f14e45fceea167a" }, now);
      for (const reader of [shop, open(verifier, { ring: rings.verifier })]) {
        const { subject, level, rotation, startedAt, authenticatedAt, expiresAt, endsAt, claims } = reader.verify(token, now + 0.9);
        equal([subject, level, rotation, claims], ["usr_8f14e45fceea167a", 1, 0, undefined]);
        equal([startedAt, authenticatedAt, expiresAt, endsAt], [now, now, now + 1800, now + 28_800]);
      }
      equal([shop.renew(token, now + 899), shop.why], [null, ""]);
      const renewed = shop.renew(token, now + 900);
      equal(shop.verify(renewed, now + 2000).rotation, 1);
      equal([shop.verify(token, now + 1800), shop.why], [null, "Idle"]);
    },
    "kind e alone: no snapshots, and no ring that has a realm"() {
      equal(WebAssembly.Module.imports(encrypted), []);
      equal(WebAssembly.Module.exports(encrypted).some(({ name }) => name === "take_snapshot"), false);
      throws(() => new Sessions(encrypted, { context, ring: rings.verifier }), "without the feature `signatures`");
      const sessions = new Sessions(encrypted, { context, ring: rings.alone });
      const token = shop.issue({ subject: "ada" }, now);
      equal(sessions.verify(token, now).subject, "ada");
      equal([sessions.verify(token.replace("sc1e", "sc1n") + "A".repeat(88), now), sessions.why], [null, "KindNotAccepted"]);
      equal([sessions.verify(token, now + 1800), sessions.why], [null, "Idle"]);
      throws(() => sessions.takeSnapshot(before, now));
    },
    "claims of the host's own"() {
      const sessions = open(whole, { ring: rings.issuer, claims: true });
      for (const length of [0, 1, 300, 2000]) {
        const claims = randomBytes(length), token = sessions.issue({ subject: "ada", claims }, now);
        equal([...sessions.verify(token, now).claims ?? []], [...claims]);
        equal([shop.verify(token, now), shop.why], [null, "BadAppClaims"]);
      }
      throws(() => sessions.issue({ subject: "ada", claims: new Uint8Array(5000) }, now), "4,096");
      throws(() => sessions.issue({ subject: "" }, now));
    },
    "the desk's tokens; a verifier's ring cannot mint"() {
      const edge = open(whole, { ring: rings.nestedVerifier, kind: "n" });
      equal(edge.verify(given.nested, now + 1).subject, "grace");
      throws(() => edge.issue({ subject: "grace" }, now), "a verifier's ring cannot mint");
      equal([edge.renew(given.nested, now + 1000), edge.why], [null, "a verifier's ring cannot mint"]);
      equal([shop.verify(given.nested, now), shop.why], [null, "KindNotAccepted"]);
    },
    "log out everywhere, by a new snapshot"() {
      const here = open(whole, { ring: rings.issuer }), token = here.issue({ subject: "grace" }, now);
      equal(here.verify(token, now).subject, "grace");
      here.takeSnapshot(graceOut, now + 1);
      equal([here.verify(token, now + 1), here.why], [null, "Revoked(subject)"]);
      equal(here.verify(here.issue({ subject: "grace" }, now + 1), now + 1).subject, "grace");
      here.takeSnapshot(adaOut, now + 1);
      throws(() => here.takeSnapshot(graceOut, now + 1), "older");
      equal(here.verify(token, now + 3 * 3600), null);
    },
    "bad snapshots, bad rings: an error that shows no secret"() {
      const token = shop.issue({ subject: "linus" }, now);
      for (const bytes of [new Uint8Array(0), randomBytes(252), before.subarray(1), before.subarray(0, 251), foreign]) {
        throws(() => shop.takeSnapshot(bytes, now));
        equal(shop.verify(token, now).subject, "linus");
      }
      const ring = rings.issuer, secret = ring.slice(20, 40);
      for (const text of ["", "sc-ring.v1.", ring.slice(0, 60), ring.toUpperCase(), `${ring}A`, "\u{1f600}".repeat(500)]) {
        const { message } = throws(() => new Sessions(whole, { context, ring: text }));
        equal([message.length > 0, message.includes(secret)], [true, false]);
      }
      throws(() => new Sessions(whole, { context: [], ring }), "context");
      throws(() => new Sessions(whole, { context, ring, kind: "x" }), "kind");
      equal(new Sessions(whole, { context, ring }).verify(token, now), null);
    },
    "no random bytes, no clock"() {
      const token = shop.issue({ subject: "linus" }, now), real = crypto.getRandomValues;
      const broken = () => { throw new Error("not in a request"); };
      Object.defineProperty(crypto, "getRandomValues", { value: broken, configurable: true, writable: true });
      try {
        throws(() => shop.issue({ subject: "ada" }, now), "the random source failed");
      } finally {
        Object.defineProperty(crypto, "getRandomValues", { value: real, configurable: true, writable: true });
      }
      for (const moment of [NaN, -1, Infinity, 1e300]) equal(shop.verify(token, moment), null);
      equal([shop.verify(token, 0), shop.why], [null, "KeyNotYetValid"]);
      equal(shop.verify(token, now).subject, "linus");
    },
    "fuzzed tokens: only refusals"() {
      const token = shop.issue({ subject: "linus" }, now);
      for (let i = 0; i < requests; i++) {
        const units = () => String.fromCharCode(...Array.from({ length: 40 }, () => randomInt(0x10000)));
        const text = i % 64 ? fuzzedToken(token) : units();
        equal(shop.verify(text, now), null);
        if (i % 16 === 0) equal(shop.renew(text, now), null);
      }
      equal(shop.verify("A".repeat(10_000_000), now), null);
      equal(shop.verify(token, now).subject, "linus");
    },
  };
  return Object.fromEntries(Object.entries(steps).map(([name, step]) => {
    try {
      step();
      return [name, "passed"];
    } catch (error) {
      return [name, `${error.message}\n${error.stack}`];
    }
  }));
}
