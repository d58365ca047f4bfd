// Verifications without the host's language between them: one call verifies `n` times.

export const context = ["shop.example", "session"];
export const subject = "usr_8f14e45fceea167a";

export function inside(module, ring, snapshot, now) {
  const random = (address, length) => {
    crypto.getRandomValues(new Uint8Array(wasm.memory.buffer, address, length));
    return 0;
  };
  const wasm = new WebAssembly.Instance(module, { host: { random } }).exports;
  const write = (...parts) => {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const address = wasm.inbox(length); // first: memory may grow
    const at = new Uint8Array(wasm.memory.buffer, address, length);
    parts.reduce((end, part) => (at.set(part, end), end + part.length), 0);
    return length;
  };
  const utf8 = new TextEncoder();
  const parts = utf8.encode(context.join("\0") + "\0"), encrypted = 1 << 8 | "e".charCodeAt(0);
  wasm.set_up(write(parts, utf8.encode(ring)), parts.length, encrypted);
  wasm.take_snapshot(write(new Uint8Array(snapshot)), now);
  write(utf8.encode(subject));
  const length = wasm.issue(subject.length, 0, 1, now);
  const token = new Uint8Array(wasm.memory.buffer, wasm.outbox(), length).slice();
  write(token);
  return { token, many: (n) => wasm.verify_many(length, now, n) === n };
}
