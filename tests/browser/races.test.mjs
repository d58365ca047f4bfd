// What arrives late, from elsewhere, or at another process.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Proxy, Server, elsewhere, folder, launch, logIn, remove, said, session, shot, sleep, visit } from "./stage.mjs";

let browser, data, server;

before(async () => {
  [browser, data] = [await launch(), folder()];
  server = await Server.start(data);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  remove(data);
});

test("a late renewal of an old session neither ends a new one nor brings the old one back", async t => {
  const proxy = await Proxy.start(server, t);
  const { context, page } = await visit(browser, t);
  const late = await context.newPage();
  await logIn(page, proxy.url, "ada");
  const old = await session(page);
  await sleep(1_200);
  const arrival = late.goto(`${proxy.url}/account?held`);
  const [{ answer }] = await proxy.holds(1);
  assert.match(answer.headers["set-cookie"][0], /^__Host-sid-a=sc1e/, "a renewed token is under way");
  await page.click("#logout");
  await page.waitForURL("**/login");
  await logIn(page, proxy.url, "olga");
  assert.equal(await said(page, "name"), "Olga Taussky");
  proxy.release();
  await arrival;
  const cookies = Object.fromEntries((await context.cookies()).map(({ name, value }) => [name, value.slice(0, 4)]));
  assert.deepEqual(cookies, { "__Host-sid-a": "sc1e", "__Host-sid-b": "sc1e" }, "the browser has taken the late one");
  await page.goto(`${proxy.url}/account`);
  assert.equal(await said(page, "name"), "Olga Taussky");
  await late.goto(`${proxy.url}/account`);
  assert.equal(await said(late, "name"), "Olga Taussky");
  await page.click("#logout");
  await page.waitForURL("**/login");
  await page.goto(`${proxy.url}/account`);
  assert.match(page.url(), /\/login$/, "and the old one is not back");
  await page.goto(`${proxy.url}/why`);
  assert.match(await page.textContent(".card.bad"), /Revoked\(session\)/);
  assert.ok((await page.content()).includes(old));
  await shot(page, "why");
});

test("logging out in one tab while five others renew logs all of them out, and nobody in again", async t => {
  const proxy = await Proxy.start(server, t);
  const { context, page } = await visit(browser, t);
  await logIn(page, proxy.url);
  const tabs = await Promise.all(Array.from({ length: 5 }, () => context.newPage())); // a browser has six connections to a host
  await sleep(1_200);
  // Of one address, a browser fetches one at a time.
  const arrivals = tabs.map((tab, number) => tab.goto(`${proxy.url}/account?held=${number}`));
  await proxy.holds(tabs.length);
  await page.click("#logout");
  await page.waitForURL("**/login");
  proxy.release();
  await Promise.all(arrivals);
  for (const tab of [page, ...tabs]) {
    await tab.goto(`${proxy.url}/account`);
    assert.match(tab.url(), /\/login$/);
  }
});

test("forms of another site do nothing", async t => {
  const { context, page } = await visit(browser, t);
  await logIn(page, server.url);
  const id = await session(page);
  for (const [path, fields] of [
    ["/everywhere", ""],
    ["/logout", ""],
    ["/transfer", "<input name=to value=Eve><input name=amount value=100>"],
    ["/login", "<input name=user value=olga><input name=password value=taussky>"],
  ]) {
    const html = `<form method=post action="${server.url}${path}"><input name=csrf value=x>${fields}</form><script>document.forms[0].submit()</script>`;
    const foreign = await elsewhere(html, t);
    const posted = page.waitForResponse(response => response.url() === `${server.url}${path}`);
    await page.goto(foreign);
    assert.equal((await posted).status(), 403, path);
    await page.goto(`${server.url}/account`);
    assert.equal(await session(page), id, path);
  }
  // And one of our own, without its token.
  await page.evaluate(() => document.querySelectorAll("[name=csrf]").forEach(field => field.remove()));
  const answer = page.waitForResponse(response => response.request().method() === "POST");
  await page.click("#everywhere");
  assert.equal((await answer).status(), 422, "a form without the field is no form");
  await page.goto(`${server.url}/account`);
  await page.evaluate(() => document.querySelectorAll("[name=csrf]").forEach(field => (field.value = "wrong")));
  await page.click("#everywhere");
  await page.waitForSelector("h1:has-text('Not from here')");
  await page.goto(`${server.url}/account`);
  assert.equal(await session(page), id);
});

test("two processes share sessions, and a log-out at one reaches the other", async t => {
  const second = await Server.start(data);
  t.after(() => second.stop());
  const { context, page } = await visit(browser, t);
  await logIn(page, server.url);
  const id = await session(page);
  await page.goto(`${second.url}/account`);
  assert.equal(await session(page), id, "the same session at the other port");
  const [cookie] = await context.cookies();
  await page.goto(`${server.url}/account`);
  await page.click("#logout");
  await page.waitForURL("**/login");
  await context.addCookies([cookie]); // a copy that somebody kept
  await sleep(1_500);
  for (const { url } of [server, second]) {
    await page.goto(`${url}/account`);
    assert.match(page.url(), /\/login$/, url);
  }
});

test("a restart in the middle loses no session and no log-out", async t => {
  const { context, page } = await visit(browser, t);
  const { context: other, page: gone } = await visit(browser, t);
  await logIn(page, server.url);
  await logIn(gone, server.url);
  const id = await session(page);
  const [copy] = await other.cookies();
  await gone.click("#logout");
  await gone.waitForURL("**/login");
  const { port } = server;
  await server.stop();
  const unserved = await context.newPage();
  await assert.rejects(unserved.goto(`${server.url}/account`));
  server = await Server.start(data, { port });
  await page.goto(`${server.url}/account`);
  assert.equal(await session(page), id);
  await other.addCookies([copy]);
  await gone.goto(`${server.url}/account`);
  assert.match(gone.url(), /\/login$/, "who was logged out stays out");
});

test("keys are rotated while people are logged in", async t => {
  const { page } = await visit(browser, t);
  const { page: operator } = await visit(browser, t);
  await logIn(page, server.url, "ada");
  await logIn(operator, server.url, "olga");
  const id = await session(page);
  const key = () => page.textContent("#token code:last-of-type");
  const before = await key();
  await operator.goto(`${server.url}/operator`);
  const version = Number(await said(operator, "ring"));
  await operator.click("#rotate");
  assert.equal(Number(await said(operator, "ring")), version + 1);
  assert.ok(await operator.isVisible(".badge.soon"), "staged, and not minting yet");
  await sleep(4_000);
  await operator.goto(`${server.url}/operator`);
  await shot(operator, "operator");
  await operator.goto(`${server.url}/why`);
  assert.match(await operator.textContent(".card.good .verdict"), /accepted/);
  await operator.fill("[name=token]", "sc1eAAAA");
  await operator.click("#explain");
  assert.match(await operator.textContent(".card.bad"), /Malformed/);
  await page.goto(`${server.url}/account`);
  assert.equal(await session(page), id);
  assert.notEqual(await key(), before, "the session has moved to the new key");
  await page.goto(`${server.url}/operator`);
  assert.match(await page.textContent("h1"), /Not from here/, "customers have no business there");
});
