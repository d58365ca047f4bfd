// One story for every platform, told over HTTP by somebody who knows nothing of what is behind it.
import assert from "node:assert/strict";

import { COOKIE, facts, request, tokenOf } from "./client.mjs";
import { OPERATOR } from "./desk.mjs";
import { sleep } from "./processes.mjs";

/** A little longer than these seconds, since tokens count in whole ones. */
const seconds = (number) => sleep(number * 1000 + 150);

/** What the steps share: the function, the desk, and how to talk to them. */
export class Stage {
  constructor({ platform, desk, stranger, settings }) {
    Object.assign(this, { platform, desk, stranger, settings });
  }
  ask(method, path, token, options = {}) {
    const cookie = token === undefined ? {} : { cookie: `${COOKIE}=${token}` };
    return request(this.platform.port, method, path, { ...options, headers: { ...cookie, ...options.headers } });
  }
  home(token) { return this.ask("GET", "/", token); }
  operator(token) { return this.ask("GET", "/", token, { headers: { "safeconduct-operator": OPERATOR } }); }
  async login(user) {
    const answer = await this.ask("POST", "/login", undefined, { body: `user=${user}` });
    assert.equal(answer.status, 200, answer.text);
    return tokenOf(answer);
  }
  /** The desk's snapshot goes into the platform's store, and the refresh interval passes. */
  async publish() {
    await this.platform.publish(await this.desk.snapshot());
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
  async accepted(token) {
    const answer = await this.home(token);
    assert.equal(answer.status, 200, answer.text);
    return facts(answer);
  }
  /** The one refusal, the same whatever was wrong. */
  async refused(token) {
    const answer = await this.home(token);
    assert.deepEqual(face(answer), (this.refusal ??= face(answer)));
    assert.equal(answer.status, 401);
  }
}

/** What a client can see of an answer, but for the date and the connection. */
function face({ status, headers, text }) {
  const { date, connection, "keep-alive": alive, ...others } = headers;
  return { status, others, text };
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
    assert.match(cookie, new RegExp(`^${COOKIE}=sc1e[A-Za-z0-9_-]{80,200}$`));
    assert.deepEqual(attributes.sort(), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    assert.equal(answer.headers["cache-control"], "no-store");
    stage.ada = tokenOf(answer);
  },
  async "session"(stage) {
    const { subject, level, rotation } = await stage.accepted(stage.ada);
    assert.deepEqual({ subject, level, rotation }, { subject: "ada", level: "aal1", rotation: "0" });
  },
  async "forged and foreign tokens: the same 401"(stage) {
    const flip = (place) => {
      const letter = stage.ada[place] === "A" ? "B" : "A";
      return stage.ada.slice(0, place) + letter + stage.ada.slice(place + 1);
    };
    for (const place of [0, 3, 5, 12, 40, stage.ada.length - 9]) await stage.refused(flip(place));
    await stage.refused(`${stage.ada}A`);
    await stage.refused(stage.ada.slice(0, -4));
    await stage.refused(await stage.stranger.login("ada"));
    await stage.refused("");
    // Two cookies of that name: which is ours cannot be told.
    const twice = await stage.ask("GET", "/", undefined, { headers: { cookie: `${COOKIE}=x; ${COOKIE}=${stage.ada}` } });
    assert.equal(twice.status, 401);
  },
  async "renew"(stage) {
    assert.equal(tokenOf(await stage.home(stage.ada)), undefined, "not due yet");
    await seconds(2);
    const renewed = tokenOf(await stage.home(stage.ada));
    assert.notEqual(renewed, undefined, "due now");
    assert.equal((await stage.accepted(renewed)).rotation, "1");
    await stage.accepted(stage.ada);
    stage.ada = renewed;
  },
  async "renew in eight tabs at once"(stage) {
    await seconds(2);
    const answers = await Promise.all(Array.from({ length: 8 }, () => stage.home(stage.ada)));
    const tokens = answers.map(tokenOf);
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
    stage.ada = tokenOf(answer);
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
  async "log out"(stage) {
    const token = await stage.login("grace");
    const answer = await stage.ask("POST", "/logout", token);
    assert.equal(answer.status, 200, answer.text);
    const [cookie, ...attributes] = answer.headers["set-cookie"][0].split("; ");
    assert.equal(cookie, `${COOKIE}=`);
    assert.deepEqual(attributes.sort(), ["HttpOnly", "Max-Age=0", "Path=/", "SameSite=Lax", "Secure"]);
    await stage.publish();
    await stage.refused(token);
  },
  async "another key: the ring is replaced"(stage) {
    const { key } = await stage.accepted(stage.ada);
    stage.desk.command("rotate");
    await stage.restart({ ring: stage.desk.ring("ring-e.txt") });
    assert.equal((await stage.accepted(stage.ada)).key, key, "the old key's tokens go on");
    const fresh = await stage.login("ada");
    assert.notEqual((await stage.accepted(fresh)).key, key, "the new key mints");
    const renewed = tokenOf(await stage.home(stage.ada));
    assert.notEqual((await stage.accepted(renewed)).key, key, "and renews");
    stage.ada = renewed;
    stage.settings.ring = stage.desk.ring("ring-e.txt");
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
    assert.equal((await stage.home("garbage")).status, 401);
    await stage.news();
    await stage.accepted(token);
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
    assert.equal(tokenOf(answer), undefined, "nothing is renewed on old data");
    await stage.restart();
    await stage.news();
  },
  async "verify only: kind n, and a ring that cannot mint"(stage) {
    await stage.restart({ ring: stage.desk.ring("ring-n-edge.txt"), KIND: "n" });
    await stage.publish();
    const token = await stage.desk.login("ada");
    assert.match(token, /^sc1n/);
    const answer = await stage.operator(token);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers["safeconduct-state"], /^verifies; /);
    assert.equal((await stage.ask("POST", "/login", undefined, { body: "user=ada" })).status, 404);
    await seconds(2);
    assert.equal(tokenOf(await stage.home(token)), undefined, "nothing is renewed here");
    await stage.refused(stage.ada); // another kind, another key
    await stage.restart();
    await stage.publish();
    await stage.accepted(await stage.login("ada"));
  },
};
