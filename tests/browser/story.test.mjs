// The whole story, as a user sees it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server, folder, launch, logIn, remove, said, session, shot, sleep, visit } from "./stage.mjs";

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

test("the cookie has the attributes it should have, as the browser sees it", async t => {
  const { context, page } = await visit(browser, t);
  await page.goto(server.url);
  await shot(page, "login");
  assert.deepEqual(await context.cookies(), [], "a visitor gets none");
  await logIn(page, server.url);
  assert.equal(await said(page, "name"), "Ada Lovelace");
  await shot(page, "account");
  const [cookie, ...others] = await context.cookies();
  assert.equal(others.length, 0);
  const { value, ...rest } = cookie;
  assert.deepEqual(rest, { name: "__Host-sid-a", domain: "127.0.0.1", path: "/", expires: -1, httpOnly: true, secure: true, sameSite: "Lax" });
  assert.match(value, /^sc1e[\w-]+\.0001$/);
  assert.equal(await page.evaluate(() => document.cookie), "", "no script can read it");
});

test("a wrong password is told, and logs nobody in", async t => {
  const { context, page } = await visit(browser, t);
  await logIn(page, server.url, "ada", "wrong");
  await page.waitForSelector(".notice.bad");
  assert.deepEqual(await context.cookies(), []);
});

test("eight tabs renew side by side and none is logged out", async t => {
  const { context, page } = await visit(browser, t);
  await logIn(page, server.url);
  const id = await session(page);
  const tabs = [page, ...(await Promise.all(Array.from({ length: 7 }, () => context.newPage())))];
  for (let round = 1; round <= 3; round += 1) {
    await sleep(1_200);
    await Promise.all(tabs.map(tab => tab.goto(`${server.url}/account`)));
    for (const tab of tabs) assert.equal(await session(tab), id);
    assert.ok(Number(await said(page, "rotation")) >= round, "renewed");
  }
  assert.equal((await context.cookies()).length, 1);
});

test("inside the threshold no response sets a cookie", async t => {
  const slow = await Server.start(data, { renew: 60 });
  t.after(() => slow.stop());
  const { page } = await visit(browser, t);
  await logIn(page, slow.url);
  for (let round = 0; round < 3; round += 1) {
    const response = await page.goto(`${slow.url}/account`);
    assert.equal((await response.headersArray()).filter(({ name }) => name.toLowerCase() === "set-cookie").length, 0);
  }
});

test("stepping up opens the sensitive page, and it drops back by itself", async t => {
  const { context, page } = await visit(browser, t);
  await logIn(page, server.url);
  const before = await session(page);
  await page.goto(`${server.url}/transfer`);
  assert.match(page.url(), /\/confirm$/);
  assert.match(await said(page, "challenge"), /insufficient_user_authentication.*acr_values="aal2"/);
  await shot(page, "confirm");
  await page.fill("[name=password]", "lovelace");
  await page.fill("[name=code]", "000000");
  await page.click("#confirm");
  await page.waitForSelector(".notice.bad");
  await page.fill("[name=password]", "lovelace");
  await page.fill("[name=code]", "246810");
  await page.click("#confirm");
  await page.waitForURL("**/transfer");
  await shot(page, "transfer");
  await page.click("#send");
  assert.match(await said(page, "sent"), /12\.50 sent to Charles Babbage/);
  await page.goto(`${server.url}/account`);
  assert.match(await said(page, "level"), /aal2/);
  assert.notEqual(await session(page), before, "a new session id");
  await sleep(4_500);
  await page.reload();
  assert.match(await said(page, "level"), /aal1/);
  await page.goto(`${server.url}/transfer`);
  assert.match(page.url(), /\/confirm$/, "closed again");
});

test("changing the password ends all other sessions and keeps this one", async t => {
  const [here, there] = [await visit(browser, t), await visit(browser, t)];
  await logIn(here.page, server.url);
  await logIn(there.page, server.url);
  await sleep(1_100); // sessions begun in the second of a cut-off are not cut
  await here.page.goto(`${server.url}/password`);
  await shot(here.page, "password");
  await here.page.fill("[name=old]", "lovelace");
  await here.page.fill("[name=new]", "analytical engine");
  await here.page.click("#change");
  await here.page.waitForSelector(".notice.good");
  await here.page.goto(`${server.url}/account`);
  assert.equal(await said(here.page, "name"), "Ada Lovelace");
  await there.page.goto(`${server.url}/account`);
  assert.match(there.page.url(), /\/login$/);
  await logIn(there.page, server.url, "ada", "lovelace");
  await there.page.waitForSelector(".notice.bad");
  await logIn(there.page, server.url, "ada", "analytical engine");
  assert.equal(await said(there.page, "name"), "Ada Lovelace", "logging in again works at once");
  // Back to the demo's password.
  await there.page.goto(`${server.url}/password`);
  await there.page.fill("[name=old]", "analytical engine");
  await there.page.fill("[name=new]", "lovelace");
  await there.page.click("#change");
  await there.page.waitForSelector(".notice.good");
});

test("logging out everywhere ends every browser's session", async t => {
  const [here, there] = [await visit(browser, t), await visit(browser, t)];
  await logIn(here.page, server.url);
  await logIn(there.page, server.url);
  await here.page.click("#everywhere");
  await here.page.waitForURL("**/login");
  await there.page.goto(`${server.url}/account`);
  assert.match(there.page.url(), /\/login$/);
  await logIn(there.page, server.url);
  assert.equal(await said(there.page, "name"), "Ada Lovelace");
});

test("the back button after logging out shows nothing of before", async t => {
  const { context, page } = await visit(browser, t);
  await logIn(page, server.url);
  const id = await session(page);
  await page.click("#logout");
  await page.waitForURL("**/login");
  assert.deepEqual((await context.cookies()).map(({ value }) => value), ["left.0001"]);
  await page.goBack();
  await sleep(500);
  assert.ok(!(await page.content()).includes(id));
  await page.goto(`${server.url}/account`);
  assert.match(page.url(), /\/login$/);
});

test("a cookie above the limit is an error that is told, and nothing is lost", async t => {
  const { context, page } = await visit(browser, t);
  await logIn(page, server.url);
  const id = await session(page);
  await page.fill("[name=note]", "x".repeat(5_000));
  await page.click("#keep");
  assert.match(await page.textContent(".notice.bad"), /too long/);
  await shot(page, "too-long");
  await page.goto(`${server.url}/account`);
  assert.equal(await session(page), id);
  // The longest that fits, found by halving, is really kept by the browser.
  let [fits, tooLong] = [0, 5_000];
  while (tooLong - fits > 1) {
    const length = (fits + tooLong) >> 1;
    await page.fill("[name=note]", "y".repeat(length));
    await page.click("#keep");
    if (await page.isVisible(".notice.bad")) {
      tooLong = length;
      await page.goto(`${server.url}/account`);
    } else fits = length;
  }
  assert.equal((await said(page, "note")).length, fits, "not dropped by the browser");
  assert.ok(fits > 2_500, `only ${fits}`);
});

test("everything but counting down works without scripts", async t => {
  const { context, page } = await visit(browser, t, { javaScriptEnabled: false });
  await logIn(page, server.url);
  assert.match(await said(page, "idle"), /in (9|10) min/);
  await page.click("#logout");
  await page.waitForURL("**/login");
});

test("dark, and on a phone", async t => {
  const { context, page } = await visit(browser, t, { colorScheme: "dark", viewport: { width: 390, height: 844 } });
  await logIn(page, server.url);
  await shot(page, "account-dark-phone");
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(wide <= room, "nothing sticks out");
});
