// node main.mjs BUILT_JSON [--requests N] [--only workerd,viceroy,lambda]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Desk, LIFETIMES, OPERATOR } from "./desk.mjs";
import { hostile } from "./hostile.mjs";
import { Lambda } from "./lambda.mjs";
import { stopAll } from "./processes.mjs";
import { sizes } from "./sizes.mjs";
import { Stage, story } from "./story.mjs";
import { Viceroy } from "./viceroy.mjs";
import { Workerd } from "./workerd.mjs";

const [builtFile, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : otherwise);
const built = JSON.parse(readFileSync(builtFile, "utf8"));
const requests = Number(option("--requests", "2000"));
const all = { workerd: Workerd, viceroy: Viceroy, lambda: Lambda };
const chosen = option("--only", Object.keys(all).join(",")).split(",").map((name) => all[name]);

const folder = mkdtempSync(join(tmpdir(), "safeconduct-edge-"));
const steps = { ...story, ...hostile };
const table = Object.fromEntries(Object.keys(steps).map((step) => [step, {}]));
const notes = [];
let failed = 0;

/** All steps on one platform. It spends most of its time waiting for deadlines, so the platforms go side by side. */
async function tell(Platform) {
  const platform = new Platform({ folder, built });
  const [desk, stranger] = ["desk", "stranger"].map((name) => new Desk(built.desk, mkdtempSync(join(folder, name))));
  await Promise.all([desk.open(), stranger.open()]);
  const settings = { ring: desk.read("ring-e.txt"), operator: OPERATOR, LIFETIMES, REFRESH: "1" };
  const stage = new Stage({ platform, desk, stranger, settings });
  await platform.publish("snapshot", await desk.snapshot());
  const begun = performance.now();
  await platform.start({ ...settings, desk: desk.url });
  await stage.home(undefined);
  notes.push(`${Platform.title}: ${Math.round(performance.now() - begun)} ms from start to first answer`);
  for (const [name, step] of Object.entries(steps)) {
    const begun = performance.now();
    try {
      await step(stage, { requests });
      if (platform.panic) throw new Error(`it panicked or trapped: ${platform.panic}`);
      table[name][Platform.title] = `passed ${((performance.now() - begun) / 1000).toFixed(1)} s`;
    } catch (error) {
      failed += 1;
      table[name][Platform.title] = "FAILED";
      console.error(`${Platform.title}: ${name}\n${error.stack}\n--- the function's log\n${platform.log.slice(-1500)}`);
    }
  }
  await (platform.close?.() ?? platform.stop());
}

await Promise.all(chosen.map(tell));
await stopAll();
rmSync(folder, { recursive: true });

const titles = chosen.map(({ title }) => title);
console.log(`| step | ${titles.join(" | ")} |\n| --- |${" --- |".repeat(titles.length)}`);
for (const [name, cells] of Object.entries(table)) {
  console.log(`| ${name} | ${titles.map((title) => cells[title]).join(" | ")} |`);
}
console.log(`\n${sizes(built)}\n`);
notes.forEach((note) => console.log(note));
console.log(`\n${Object.keys(steps).length * titles.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
