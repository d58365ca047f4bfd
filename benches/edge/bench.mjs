// node bench.mjs BUILT_JSON [--rounds 31] [--milliseconds 40] [--json FILE]
//
// Every case runs in the same isolate of the same workerd, in random order in each round; the number of verifications within a request is chosen so that a request
// takes the milliseconds asked for. What is counted is the processor's time of all of workerd's threads, as the kernel keeps it, less that of an empty request.
// Wall time stands beside it; on a busy machine it says more about the machine.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

import { Desk } from "../../tests/edge/driver/desk.mjs";
import { request } from "../../tests/edge/driver/client.mjs";
import { freePort, listening, start, stopAll } from "../../tests/edge/driver/processes.mjs";
import { inside } from "./inside.mjs";

const [builtFile, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : otherwise);
const [rounds, target] = [Number(option("--rounds", "31")), Number(option("--milliseconds", "40"))];
const built = JSON.parse(readFileSync(builtFile, "utf8"));

const folder = mkdtempSync(join(tmpdir(), "safeconduct-bench-"));
const desk = await new Desk(built.desk, join(folder, "desk")).open();
writeFileSync(join(folder, "snapshot"), await desk.snapshot());
const port = await freePort();
const path = (file) => JSON.stringify(relative(folder, file));
writeFileSync(join(folder, "config.capnp"), `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [
      (name = "cases.js", esModule = embed ${path(join(dirname(built.measured), "cases.js"))}),
      (name = "safeconduct.wasm", wasm = embed ${path(built.measured)}),
    ],
    compatibilityDate = "2026-01-01",
    compatibilityFlags = ["nodejs_compat"],
    bindings = [
      (name = "RING_E", text = ${JSON.stringify(desk.read("ring-e.txt"))}),
      (name = "RING_N", text = ${JSON.stringify(desk.read("ring-n.txt"))}),
      (name = "SNAPSHOT", data = embed "snapshot"),
    ],
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`);
const { default: program } = await import("./workerd.mjs");
const workerd = start(program, ["serve", join(folder, "config.capnp")]);
await listening(port, workerd);

/** Nanoseconds on a processor, of all threads. */
function cpu() {
  const tasks = `/proc/${workerd.child.pid}/task`;
  return readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]), 0);
}

async function measure(name, n) {
  const [before, begun] = [cpu(), process.hrtime.bigint()];
  const answer = await request(port, "GET", `/?case=${encodeURIComponent(name)}&n=${n}`);
  if (answer.text !== "ok") throw new Error(`${name}: ${answer.status} ${answer.text}\n${workerd.log}`);
  return { cpu: cpu() - before, wall: Number(process.hrtime.bigint() - begun) };
}

// The same module in this process: Node has its engine guard wasm's memory by pages, workerd has it compare every address.
const IN_NODE = "safeconduct e, loop inside wasm, on Node";
const measured = new WebAssembly.Module(readFileSync(built.measured));
const here = inside(measured, desk.read("ring-e.txt"), readFileSync(join(folder, "snapshot")), Math.floor(Date.now() / 1000));
function measureHere(n) {
  const [before, begun] = [process.cpuUsage(), process.hrtime.bigint()];
  if (!here.many(n)) throw new Error(IN_NODE);
  const { user, system } = process.cpuUsage(before);
  return { cpu: user + system, wall: Number(process.hrtime.bigint() - begun) / 1000 };
}

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
function summary(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  return { median: quantile(sorted, 0.5), p10: quantile(sorted, 0.1), p90: quantile(sorted, 0.9) };
}
function shuffled(list) {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

const prepared = await request(port, "GET", "/");
if (prepared.status !== 200) throw new Error(`${prepared.text}\n${workerd.log}`);
const lengths = JSON.parse(prepared.text);
const names = Object.keys(lengths);
const times = Object.fromEntries(names.map((name) => [name, 1]));
for (const name of names.filter((name) => name !== "empty")) {
  // Warm until the engine has compiled for good, and then as many as fill the time.
  for (let n = 64, warm = 0; warm < 1e9; n = times[name]) {
    const { wall } = await measure(name, n);
    warm += wall;
    times[name] = Math.max(1, Math.round((n * target * 1e6) / wall));
  }
}

const samples = Object.fromEntries(names.map((name) => [name, { cpu: [], wall: [] }]));
const onNode = { cpu: [], wall: [] };
const single = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  const empty = await measure("empty", 0);
  for (const name of shuffled(names)) {
    const { cpu, wall } = await measure(name, times[name]);
    const less = name === "empty" ? { cpu: 0, wall: 0 } : empty;
    samples[name].cpu.push((cpu - less.cpu) / times[name] / 1000);
    samples[name].wall.push((wall - less.wall) / times[name] / 1000);
  }
  const { cpu: processor, wall } = measureHere(times["safeconduct e"]);
  onNode.cpu.push(processor / times["safeconduct e"]);
  onNode.wall.push(wall / times["safeconduct e"]);
  // End to end: one verification a request, many requests one after the other.
  for (const name of shuffled(names)) {
    const before = cpu();
    for (let i = 0; i < 40; i++) await measure(name, 1);
    single[name].push((cpu() - before) / 40 / 1000);
  }
}
await stopAll();
rmSync(folder, { recursive: true });

const ours = summary(samples["safeconduct e"].cpu).median;
const report = names.map((name) => ({
  case: name, characters: lengths[name], microseconds: summary(samples[name].cpu), wall: summary(samples[name].wall),
  perRequest: summary(single[name]), ratio: summary(samples[name].cpu).median / ours,
}));
const [cpuHere, wallHere] = [summary(onNode.cpu), summary(onNode.wall)];
report.push({ case: IN_NODE, characters: here.token.length, microseconds: cpuHere, wall: wallHere, ratio: cpuHere.median / ours });
const number = (value) => value.toFixed(2);
console.log(`| one verification on workerd | characters | CPU µs (p10–p90) | wall µs | ratio | CPU µs of a whole request |\n| --- | --- | --- | --- | --- | --- |`);
for (const { case: name, characters, microseconds: { median, p10, p90 }, wall, perRequest, ratio } of report) {
  const figures = name === "empty" ? ["", "", ""] : [`${number(median)} (${number(p10)}–${number(p90)})`, number(wall.median), number(ratio)];
  console.log(`| ${name} | ${characters || ""} | ${figures.join(" | ")} | ${perRequest ? Math.round(perRequest.median) : ""} |`);
}
const machine = { processor: cpus()[0].model, cores: cpus().length, node: process.version };
console.log(`\n${machine.processor}, ${machine.cores} cores; ${rounds} rounds, ${target} ms a request`);
const file = option("--json");
if (file) writeFileSync(resolve(process.env.FROM ?? ".", file), JSON.stringify({ machine, rounds, milliseconds: target, cases: report }, null, 1));
