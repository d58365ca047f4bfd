// The host's side of safeconduct.wasm, for Workers, Deno, edge runtimes, Node and browsers. Types and docs: safeconduct.d.ts.
const utf8 = new TextEncoder(), text = new TextDecoder();

export class Sessions {
  #wasm; #inbox; #outbox; #record;

  constructor(module, { context, ring, kind = "e", level = 1, claims = false }) {
    const random = (address, length) => {
      try { crypto.getRandomValues(new Uint8Array(this.#wasm.memory.buffer, address, length)); return 0; } catch { return 1; }
    };
    this.#wasm = new WebAssembly.Instance(module, { host: { random } }).exports;
    const parts = utf8.encode(context.join("\0") + "\0"), keys = utf8.encode(ring);
    this.#write(parts, keys);
    const options = kind.charCodeAt(0) | level << 8 | (claims ? 1 : 0) << 16;
    const ready = this.#wasm.set_up(parts.length + keys.length, parts.length, options);
    this.#open(4200);
    if (!ready) throw this.#error();
  }
  takeSnapshot(bytes, now) {
    this.#write(bytes);
    const taken = this.#wasm.take_snapshot(bytes.length, now);
    this.#open(4200);
    if (!taken) throw this.#error();
  }
  verify(token, now) {
    const length = this.#wasm.verify(this.#put(token), now);
    if (length === 0) return null;
    const bytes = this.#outbox, at = this.#record, end = 64 + bytes[3];
    return {
      subject: this.#text(64, end), level: bytes[0], baseLevel: bytes[1], rotation: at.getUint32(4, true),
      startedAt: at.getFloat64(8, true), authenticatedAt: at.getFloat64(16, true),
      expiresAt: at.getFloat64(24, true), endsAt: at.getFloat64(32, true),
      claims: length > end ? bytes.slice(end, length) : undefined,
    };
  }
  issue({ subject, claims = new Uint8Array(), level = 1 }, now) {
    const who = utf8.encode(subject);
    this.#write(who, claims);
    const length = this.#wasm.issue(who.length, claims.length, level, now);
    this.#open(4200);
    if (!length) throw this.#error();
    return this.#text(0, length);
  }
  renew(token, now) {
    const length = this.#wasm.renew(this.#put(token), now);
    this.#open(4200);
    return length ? this.#text(0, length) : null;
  }
  get why() { return this.#text(0, this.#wasm.why()); }

  // Views of the module's memory end when it grows. Verifying never makes it grow.
  #open(size) {
    const from = this.#wasm.inbox(size), to = this.#wasm.outbox(), { buffer } = this.#wasm.memory;
    this.#inbox = new Uint8Array(buffer, from, size);
    this.#outbox = new Uint8Array(buffer, to, 4352);
    this.#record = new DataView(buffer, to, 64);
  }
  #write(...parts) {
    this.#open(parts.reduce((sum, part) => sum + part.length, 1));
    let at = 0;
    for (const part of parts) { this.#inbox.set(part, at); at += part.length; }
  }
  #put(token) { return utf8.encodeInto(token, this.#inbox).written; }
  #text(from, to) { return text.decode(this.#outbox.subarray(from, to)); }
  #error() { return new Error(this.why); }
}
