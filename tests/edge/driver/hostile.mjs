// What goes wrong when a function is deployed, what a broken publisher does, and what strangers send.
import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";

import { COOKIE, cookieOf, request, tokenOf } from "./client.mjs";
import { OPERATOR } from "./desk.mjs";
import { fuzzedToken } from "../hosts/fuzz.mjs";

async function notSetUp(stage, settings, named, secret) {
  await stage.restart(settings);
  for (let again = 0; again < 2; again++) {
    const answer = await stage.home(undefined);
    assert.equal(answer.status, 500, `${answer.text}${stage.platform.log}`);
    assert.equal(answer.text, "this function is not set up\n");
  }
  assert.match(stage.platform.log, named);
  if (secret) assert(!stage.platform.log.includes(secret), "the log shows the secret");
}

/** The word of an operator shows what a client does not see. */
async function trouble(stage, token, pattern) {
  const answer = await stage.operator(token);
  assert.equal(answer.status, 200, answer.text);
  if (pattern) assert.match(answer.headers["safeconduct-state"], pattern);
  const curious = await stage.ask("GET", "/", token, { headers: { "safeconduct-operator": `${OPERATOR}!` } });
  for (const found of [curious, await stage.home(token)]) {
    assert(!Object.keys(found.headers).some((name) => name.startsWith("safeconduct-")), "shown to a client");
  }
}

export const hostile = {
  async "bad secrets: 500, and the log names the binding"(stage) {
    const ring = stage.settings.ring;
    await notSetUp(stage, { ring: undefined }, /not set up: the binding RING is missing/);
    const cut = ring.slice(0, 90);
    await notSetUp(stage, { ring: cut }, /not set up: the binding RING is no ring/, cut.slice(20));
    await notSetUp(stage, { ring: "" }, /not set up: the binding RING is no ring/);
    await notSetUp(stage, { KIND: "n" }, /not set up: the binding RING has no key of kind n/, ring.slice(30, 90));
    await notSetUp(stage, { operator: "short" }, /not set up: the binding OPERATOR has less than 16 characters/, "short\"");
    const keys = stage.desk.keys("issuers");
    await notSetUp(stage, { RING_KEY: keys.RING_KEY }, /not set up: the binding RING_ROOT is missing/, keys.RING_KEY.slice(20));
    const half = keys.RING_KEY.slice(0, 50);
    await notSetUp(stage, { ...keys, RING_KEY: half }, /not set up: the binding RING_KEY is not/, half.slice(20));
    await notSetUp(stage, { ...keys, RING_ROOT: "0".repeat(64) }, /not set up: the binding RING_ROOT/);
    await notSetUp(stage, { LIFETIMES: "10/20/5/5" }, /not set up: the binding LIFETIMES the idle time/);
  },
  async "no snapshot: 503 until there is one"(stage) {
    await stage.restart();
    await stage.publish();
    const token = await stage.login("ada");
    await stage.platform.stop();
    await stage.platform.publish("snapshot", Buffer.from("not a snapshot"));
    await stage.platform.start({ ...stage.settings, desk: stage.desk.url });
    const answer = await stage.operator(token);
    assert.equal(answer.status, 503);
    assert.match(answer.headers["safeconduct-state"], /snapshot=none; .*trouble=.*not a revocation snapshot/);
    assert.equal(answer.headers["safeconduct-why"], "SnapshotStale");
    assert.equal((await stage.ask("POST", "/login", undefined, { body: "user=ada" })).status, 503, "nothing is minted blindly");
    await stage.refused(undefined);
    await stage.publish();
    await stage.accepted(token);
  },
  async "corrupt, foreign, rolled back: the one before stays"(stage) {
    const token = await stage.login("ada");
    const { pids } = stage.platform;
    const before = await stage.desk.snapshot();
    await stage.desk.everywhere("grace");
    await stage.publish();
    await stage.accepted(token);
    const good = await stage.desk.snapshot();
    const byte = Buffer.from(good);
    byte[100] ^= 1;
    const bad = [byte, good.subarray(0, 200), Buffer.alloc(0), randomBytes(5000), await stage.stranger.snapshot(), before];
    for (const bytes of bad) {
      await stage.platform.publish("snapshot", bytes);
      await new Promise((resolve) => setTimeout(resolve, 1150));
      // Where the function itself guards the store, nothing bad gets in, and there is no trouble to tell of.
      await trouble(stage, token, stage.platform.guarded ? /snapshot=\d/ : /trouble=/);
      assert.deepEqual(stage.platform.pids, pids, "the instance lives on");
    }
    assert.match(stage.platform.log, stage.platform.guarded ? /a document was refused/ : /what was in force before stays/);
    await stage.publish();
    await stage.accepted(token);
  },
  async "oversized and strange requests: no 5xx"(stage) {
    const odd = [
      { cookie: `${COOKIE}=${"A".repeat(4097)}` },
      { cookie: `${COOKIE}=${"A".repeat(60_000)}` },
      { cookie: `${"x=y; ".repeat(800)}${COOKIE}=` },
      { cookie: `${COOKIE}=${"A".repeat(4096)}.0001; __Host-sid-b=${"B".repeat(4096)}.0002` },
      { cookie: `${COOKIE}=sc1e.9999` }, { cookie: `${COOKIE}=.` }, { cookie: `${COOKIE}=left.00000001` },
      { cookie: `${COOKIE}` }, { cookie: ";;;===;;" }, { cookie: "" },
      { cookie: `${COOKIE}=\u00ff\u00fe` },
      { cookie: `${COOKIE}="quoted"` },
      { "safeconduct-operator": "x".repeat(8000) },
    ];
    for (const headers of odd) {
      const answer = await request(stage.platform.port, "GET", "/", { headers });
      // 400 and 431 are the runtimes' own for headers that they do not take.
      assert([400, 401, 431].includes(answer.status), `${answer.status} for ${JSON.stringify(headers).slice(0, 60)}`);
    }
    for (const [method, path] of [["DELETE", "/"], ["GET", "/login"], ["POST", "/"], ["GET", "/../../etc/passwd"], ["PUT", "/admin"]]) {
      assert.equal((await request(stage.platform.port, method, path)).status, 404);
    }
    const foreign = { headers: { "sec-fetch-site": "cross-site" }, body: "user=ada" };
    assert.equal((await request(stage.platform.port, "POST", "/login", foreign)).status, 403);
    const body = "user=" + "a".repeat(100_000);
    assert.equal((await request(stage.platform.port, "POST", "/login", { body })).status, 401);
    const binary = await request(stage.platform.port, "POST", "/login", { body: randomBytes(300) });
    assert.equal(binary.status, 401);
  },
  async "fuzzed requests: only refusals"(stage, { requests }) {
    const cookie = await stage.login("ada"), token = tokenOf(cookie);
    const pids = stage.platform.pids;
    const paths = ["/", "/", "/", "/admin", "/step-up", "/logout"];
    let sent = 0;
    const one = async () => {
      const path = paths[randomInt(paths.length)];
      const headers = { cookie: `${COOKIE}=${fuzzedToken(token)}.${randomInt(10_000)}` };
      const answer = await request(stage.platform.port, path.length > 6 ? "POST" : "GET", path, { headers });
      const allowed = path === "/logout" ? [200, 400, 401] : [400, 401];
      assert(allowed.includes(answer.status), `${answer.status} for ${path} with ${headers.cookie}`);
      sent += 1;
    };
    // Somebody with a session is there all the while: it idles out otherwise where that takes minutes.
    let kept = cookie, due = 0;
    const visit = async () => {
      due = Date.now() + 20_000;
      const answer = await stage.home(kept);
      assert.equal(answer.status, 200, answer.text);
      kept = cookieOf(answer) ?? kept;
    };
    const lane = async (_, number) => {
      while (sent < requests) await (number === 0 && Date.now() >= due ? visit() : one());
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    await stage.accepted(kept);
    assert.deepEqual(stage.platform.pids, pids);
  },
};
