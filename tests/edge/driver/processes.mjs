// Starting and stopping programs. Whatever was started is stopped by its process id, also when a step fails.
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const running = new Set();

// Also when this program itself fails or is interrupted.
process.on("exit", () => running.forEach(({ child }) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

export { sleep };

/** A port on 127.0.0.1 that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A Rust panic, or a trap of a wasm module, in whatever words the runtime has for it. */
const PANIC = /.*(panicked|unreachable|RuntimeError|wasm trap|guest trap|SIGABRT).*/;

/** Starts a program. `log` is the last of what it has written, `panic` the first line that tells of one. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const started = { child, log: "", ended: false };
  const keep = (data) => {
    started.log = (started.log + data).slice(-100_000);
    started.panic ??= String(data).match(PANIC)?.[0];
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  child.on("error", (error) => { started.ended = true; keep(`${program}: ${error.message}\n`); });
  child.on("exit", () => { started.ended = true; running.delete(started); });
  running.add(started);
  return started;
}

/** Waits until something listens on the port. */
export async function listening(port, started, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(5)) {
    if (started.ended) throw new Error(`it has ended:\n${started.log}`);
    const open = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => { socket.destroy(); resolve(true); });
      socket.on("error", () => resolve(false));
    });
    if (open) return;
  }
  throw new Error(`nothing listens on port ${port} after ${seconds} s:\n${started.log}`);
}

export async function stop(started) {
  if (!started || started.ended) return;
  const gone = new Promise((resolve) => started.child.once("exit", resolve));
  started.child.kill("SIGTERM");
  const late = setTimeout(() => started.child.kill("SIGKILL"), 3000);
  await gone;
  clearTimeout(late);
}

export async function stopAll() {
  await Promise.all([...running].map(stop));
}
