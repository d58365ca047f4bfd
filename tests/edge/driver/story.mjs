// One story for every platform, told over HTTP by somebody who knows nothing of what is behind it.
import assert from "node:assert/strict";

import { COOKIE, cookieOf, facts, request, tokenOf } from "./client.mjs";
import { OPERATOR } from "./desk.mjs";
import { sleep } from "./processes.mjs";

/** A little longer than these seconds, since tokens count in whole ones. */
const seconds = (number) => sleep(number * 1000 + 150);

/** What the steps share: the function, the desk, and how to talk to them. */
export class Stage {
  constructor({ platform, desk, stranger, settings }) {
    Object.assign(this, { platform, desk, stranger, settings });
  }
  /** `cookie` is what the browser sends: a whole pair of name and value. */
  ask(method, path, cookie, options = {}) {
    const cookies = cookie === undefined ? {} : { cookie };
    return request(this.platform.port, method, path, { ...options, headers: { ...cookies, ...options.headers } });
  }
  home(cookie) { return this.ask("GET", "/", cookie); }
  operator(cookie) { return this.ask("GET", "/", cookie, { headers: { "safeconduct-operator": OPERATOR } }); }
  async login(user, cookie) {
    const answer = await this.ask("POST", "/login", cookie, { body: `user=${user}` });
    assert.equal(answer.status, 200, `${answer.text}${this.platform.log}`);
    return cookieOf(answer);
  }
  /** The desk's snapshot, and whatever else, goes into the platform's store, and the refresh interval passes. */
  async publish(others = {}) {
    for (const [name, bytes] of Object.entries({ snapshot: await this.desk.snapshot(), ...others })) {
      await this.platform.publish(name, bytes);
    }
    await seconds(1);
  }
  /** The same with a snapshot of this moment: somebody has been logged out. */
  async news() {
    await this.desk.everywhere("nobody");
    await this.publish();
  }
  async restart(settings) {
    await this.platform.stop();
    await this.platform.start({ ...this.settings, desk: this.desk.url, ...settings });
  }
  async accepted(cookie) {
    const answer = await this.home(cookie);
    assert.equal(answer.status, 200, answer.text);
    return facts(answer);
  }
  /** The one refusal, the same whatever was wrong. */
  async refused(cookie) {
    const answer = await this.home(cookie);
    assert.deepEqual(face(answer), (this.refusal ??= face(answer)));
    assert.equal(answer.status, 401);
  }
}

/** What a client can see of an answer, but for the date and the connection. */
function face({ status, headers, text }) {
  const { date, connection, "keep-alive": alive, ...others } = headers;
  return { status, others, text };
}

/** Tokens of an old key stay good, and the new key takes over where they are renewed. */
async function goesOn(stage, key) {
  const answer = await stage.home(stage.ada);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(facts(answer).key === key, cookieOf(answer) === undefined, "the old key, until it is renewed");
}

export const story = {
  async "first answer: 401 without a cookie"(stage) {
    await stage.refused(undefined);
    const answer = await stage.home(undefined);
    assert.equal(answer.headers["www-authenticate"], "Bearer");
    assert.equal(answer.headers["cache-control"], "no-store");
  },
  async "log in; the cookie"(stage) {
    assert.equal((await stage.ask("POST", "/login", undefined, { body: "user=mallory" })).status, 401);
    const answer = await stage.ask("POST", "/login", undefined, { body: "user=ada" });
    assert.equal(answer.status, 200);
    const [cookie, ...attributes] = answer.headers["set-cookie"][0].split("; ");
    assert.match(cookie, new RegExp(`^${COOKIE}=sc1e[A-Za-z0-9_-]{80,200}[.]0001$`));
    assert.deepEqual(attributes.sort(), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    assert.equal(answer.headers["cache-control"], "no-store");
    stage.ada = cookieOf(answer);
  },
  async "session"(stage) {
    const { subject, level, rotation } = await stage.accepted(stage.ada);
    assert.deepEqual({ subject, level, rotation }, { subject: "ada", level: "aal1", rotation: "0" });
  },
  async "forged and foreign tokens: the same 401"(stage) {
    const token = tokenOf(stage.ada);
    const flip = (place) => token.slice(0, place) + (token[place] === "A" ? "B" : "A") + token.slice(place + 1);
    const bad = [0, 3, 5, 12, 40, token.length - 9].map(flip);
    for (const text of [...bad, `${token}A`, token.slice(0, -4), ""]) await stage.refused(`${COOKIE}=${text}.0001`);
    await stage.refused(await stage.stranger.login("ada", "e"));
    // Without a generation, or under the old name of the cookie: not set by us.
    for (const pair of [`${COOKIE}=${token}`, `${COOKIE}=`, `__Host-sid=${token}.0001`]) await stage.refused(pair);
    // Two cookies of that name: which is ours cannot be told.
    await stage.refused(`${COOKIE}=x; ${stage.ada}`);
    await stage.accepted(`theme=dark; ${stage.ada}; ${COOKIE.replace("-a", "-b")}=x`);
  },
  async "renew"(stage) {
    assert.equal(cookieOf(await stage.home(stage.ada)), undefined, "not due yet");
    await seconds(2);
    const renewed = cookieOf(await stage.home(stage.ada));
    assert.notEqual(renewed, undefined, "due now");
    assert.equal((await stage.accepted(renewed)).rotation, "1");
    await stage.accepted(stage.ada);
    stage.ada = renewed;
  },
  async "renew in eight tabs at once"(stage) {
    await seconds(2);
    const answers = await Promise.all(Array.from({ length: 8 }, () => stage.home(stage.ada)));
    const tokens = answers.map(cookieOf);
    assert.equal(new Set(tokens).size, 8, "eight tokens, all different");
    for (const token of [...tokens, stage.ada]) assert.equal((await stage.accepted(token)).subject, "ada");
    stage.ada = tokens[7];
  },
  async "admin without AAL2: the challenge of RFC 9470"(stage) {
    const answer = await stage.ask("GET", "/admin", stage.ada);
    assert.equal(answer.status, 401);
    assert.match(answer.headers["www-authenticate"], /^Bearer error="insufficient_user_authentication".* acr_values="aal2", max_age="300"$/);
    await stage.accepted(stage.ada);
  },
  async "step up"(stage) {
    const step = (code) => stage.ask("POST", "/step-up", stage.ada, { body: `code=${code}` });
    assert.equal((await step("000000")).status, 403);
    const answer = await step("314159");
    assert.equal(answer.status, 200, `${answer.text}${stage.platform.log}`);
    stage.before = stage.ada;
    stage.ada = cookieOf(answer);
    // The other slot; the one before gets the mark.
    assert.match(stage.ada, /^__Host-sid-b=sc1e.*[.]0002$/);
    assert(answer.headers["set-cookie"].some((line) => line.startsWith(`${COOKIE}=left.0001; `)), "the mark");
    const admin = await stage.ask("GET", "/admin", stage.ada);
    assert.equal(admin.status, 200, admin.text);
    assert.equal((await stage.accepted(stage.ada)).level, "aal2");
    // A second step-up of the same session: the log knows it as out.
    const again = await stage.ask("POST", "/step-up", stage.before, { body: "code=314159" });
    assert.equal(again.status, 401);
  },
  async "drop back"(stage) {
    await seconds(3);
    assert.equal((await stage.ask("GET", "/admin", stage.ada)).status, 401);
    assert.equal((await stage.accepted(stage.ada)).level, "aal1");
    // The session from before the step-up is out wherever the snapshot has come.
    await stage.publish();
    await stage.refused(stage.before);
    await stage.accepted(stage.ada);
  },
  async "log out everywhere: a new snapshot in the store"(stage) {
    const [laptop, phone] = [await stage.login("grace"), await stage.login("grace")];
    await stage.desk.everywhere("grace");
    await stage.accepted(laptop); // nobody has told the function yet
    await stage.publish();
    await stage.refused(laptop);
    await stage.refused(phone);
    await stage.accepted(stage.ada);
    await stage.accepted(await stage.login("grace")); // again, at once
  },
  async "log in where a session is: that one ends"(stage) {
    const grace = await stage.login("grace");
    const ada = await stage.login("ada", grace);
    assert.match(ada, /^__Host-sid-b=sc1e.*[.]0002$/);
    assert.equal((await stage.accepted(ada)).subject, "ada");
    await stage.publish();
    await stage.refused(grace);
    await stage.accepted(ada);
  },
  async "log out"(stage) {
    const token = await stage.login("grace");
    const answer = await stage.ask("POST", "/logout", token);
    assert.equal(answer.status, 200, answer.text);
    const [cookie, ...attributes] = answer.headers["set-cookie"][0].split("; ");
    assert.equal(cookie, `${COOKIE}=left.0001`);
    assert.deepEqual(attributes.sort(), ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"]);
    await stage.publish();
    await stage.refused(token);
    // Nobody is there: nothing to end, nothing to ask the desk.
    assert.equal((await stage.ask("POST", "/logout", undefined)).status, 200);
  },
  async "another key: a new ring in the store, nothing restarted"(stage) {
    await stage.restart(stage.desk.keys("issuers"));
    await stage.publish({ ring: stage.desk.read("ring-e.document") });
    const state = async (pattern) => assert.match((await stage.operator(stage.ada)).headers["safeconduct-state"], pattern);
    await state(/ring=1;/);
    const { key } = await stage.accepted(stage.ada);
    const { pids } = stage.platform;
    const old = stage.desk.read("ring-e.document");
    stage.desk.command("rotate");
    await stage.publish({ ring: stage.desk.read("ring-e.document") });
    await state(/ring=2;/);
    await goesOn(stage, key);
    assert.notEqual((await stage.accepted(await stage.login("ada"))).key, key, "the new key mints");
    await seconds(2);
    const renewed = cookieOf(await stage.home(stage.ada));
    assert.notEqual((await stage.accepted(renewed)).key, key, "and renews");
    stage.ada = renewed;
    // Whoever can write to the store can take nothing back: neither an older ring nor one of his own.
    for (const ring of [old, stage.stranger.read("ring-e.document"), stage.stranger.read("ring-e.txt"), "nonsense"]) {
      await stage.publish({ ring });
      await state(stage.platform.guarded ? /ring=2;/ : /ring=2;.*trouble=/);
      await stage.accepted(stage.ada);
    }
    await stage.publish({ ring: stage.desk.read("ring-e.document") });
    await state(/ring=2;.*stale=refuse$/);
    assert.deepEqual(stage.platform.pids, pids);
  },
  async "another key: a new secret, restarted"(stage) {
    const { key } = await stage.accepted(stage.ada);
    stage.desk.command("rotate");
    stage.settings.ring = stage.desk.read("ring-e.txt");
    await stage.restart();
    await stage.publish();
    await goesOn(stage, key);
    assert.notEqual((await stage.accepted(await stage.login("ada"))).key, key);
  },
  async "stale snapshot: 503, and back again"(stage) {
    await stage.restart({ VALIDITY: "4" });
    await stage.news();
    const token = await stage.login("ada");
    await stage.accepted(token);
    await seconds(4);
    const answer = await stage.home(token);
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.headers["retry-after"], "60");
    assert.equal((await stage.home(`${COOKIE}=garbage.0001`)).status, 401);
    // Whoever wants to leave can: the desk knows what it needs to.
    const leaving = await stage.ask("POST", "/logout", token);
    assert.equal(leaving.status, 200, leaving.text);
    await stage.news();
    await stage.refused(token);
    await stage.accepted(await stage.login("ada"));
  },
  async "stale snapshot where the policy is to go on"(stage) {
    await stage.restart({ VALIDITY: "4", STALE: "go-on" });
    await stage.news();
    const token = await stage.login("ada");
    await stage.accepted(token);
    await seconds(4);
    const answer = await stage.operator(token);
    assert.equal(answer.status, 200);
    assert.match(answer.headers["safeconduct-state"], /stale=go-on/);
    assert.equal(cookieOf(answer), undefined, "nothing is renewed on old data");
    await stage.restart();
    await stage.news();
  },
  async "verify only: kind n, and a ring that cannot mint"(stage) {
    const keys = stage.desk.keys("verifiers");
    await stage.restart({ ring: stage.desk.read("ring-n-edge.txt"), KIND: "n", ...keys });
    await stage.publish({ ring: stage.desk.read("ring-n-edge.document") });
    const token = await stage.login("ada"); // by way of the desk
    assert.match(token, /^__Host-sid-a=sc1n/);
    const answer = await stage.operator(token);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers["safeconduct-state"], /^verifies; ring=\d; /);
    // Of the issuers' ring it can make nothing, even if it is signed: other role, other key.
    await stage.publish({ ring: stage.desk.read("ring-n.document") });
    assert.match((await stage.operator(token)).headers["safeconduct-state"], /^verifies; /);
    await seconds(2);
    assert.equal(cookieOf(await stage.home(token)), undefined, "nothing is renewed here");
    await stage.refused(stage.ada); // another kind, another key
    assert.equal((await stage.ask("POST", "/logout", token)).status, 200);
    await stage.publish({ ring: stage.desk.read("ring-n-edge.document") });
    await stage.refused(token);
    await stage.restart();
    await stage.publish();
    await stage.accepted(await stage.login("ada"));
  },
};
