// Servers, a proxy that holds answers back, and browsers: what the tests stand on.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

export const sleep = milliseconds => new Promise(done => setTimeout(done, milliseconds));

/** A browser window with cookies of its own, closed when the test is over. */
export const visit = async (browser, test, options) => {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(15_000);
  test.after(() => context.close());
  return { context, page: await context.newPage() };
};

/** One process of the example. Several may share a folder. */
export class Server {
  static async start(data, { idle = 600, renew = 1, elevation = 4, port = 0 } = {}) {
    const words = ["--port", port, "--data", data, "--idle", idle, "--renew", renew, "--elevation", elevation];
    const child = spawn(process.env.LOGIN, words.map(String), { stdio: ["ignore", "pipe", "pipe"] });
    const server = new Server();
    server.child = child;
    server.output = "";
    await new Promise((ready, failed) => {
      const listen = chunk => {
        server.output += chunk;
        const found = server.output.match(/open (http:\/\/127\.0\.0\.1:(\d+))/);
        if (found) [, server.url, server.port] = found;
        if (found) ready();
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      child.on("exit", code => failed(new Error(`the server ended with ${code}: ${server.output}`)));
    });
    return server;
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise(done => this.child.on("exit", done));
    this.child.kill("SIGKILL"); // as hard as it gets: a restart must lose nothing
    await ended;
  }
}

export const folder = () => mkdtempSync(path.join(tmpdir(), "login-"));
export const remove = data => rmSync(data, { recursive: true, force: true });

/** Passes everything on, and holds the answers to marked addresses until they are released. */
export class Proxy {
  static async start(target, test) {
    const proxy = new Proxy();
    proxy.held = [];
    proxy.server = http.createServer((request, response) => {
      const { method, url, headers } = request;
      const onward = http.request({ host: "127.0.0.1", port: target.port, method, path: url, headers }, answer => {
        const send = () => {
          response.writeHead(answer.statusCode, answer.rawHeaders);
          answer.pipe(response);
        };
        if (url.includes("held")) proxy.held.push({ answer, send });
        else send();
      });
      onward.on("error", () => response.destroy());
      request.pipe(onward);
    });
    await new Promise(ready => proxy.server.listen(0, "127.0.0.1", ready));
    proxy.url = `http://127.0.0.1:${proxy.server.address().port}`;
    test.after(() => proxy.stop());
    return proxy;
  }

  async holds(count) {
    for (let tries = 0; this.held.length < count; tries += 1) {
      if (tries > 200) throw new Error(`only ${this.held.length} answers are held`);
      await sleep(25);
    }
    return this.held;
  }

  release() {
    for (const { send } of this.held.splice(0)) send();
  }

  async stop() {
    this.release();
    this.server.closeAllConnections();
    await new Promise(done => this.server.close(done));
  }
}

/** A page of somebody else. `localhost` is another site than `127.0.0.1`. */
export const elsewhere = async (html, test) => {
  const server = http.createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(html);
  });
  await new Promise(ready => server.listen(0, "127.0.0.1", ready));
  test.after(() => {
    server.closeAllConnections();
    return new Promise(done => server.close(done));
  });
  return `http://localhost:${server.address().port}`;
};

export const launch = () => {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath, headless: true, args });
};

export const logIn = async (page, url, user = "ada", password = { ada: "lovelace", olga: "taussky" }[user]) => {
  await page.goto(`${url}/login`);
  await page.fill("[name=user]", user);
  await page.fill("[name=password]", password);
  await page.click("#enter");
};

export const said = (page, id) => page.textContent(`#${id}`);
export const session = async page => (await page.textContent("#session code")).trim();
export const shot = (page, name) => page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`), fullPage: true });
