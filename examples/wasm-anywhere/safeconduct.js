// The host's side of safeconduct.wasm, for Workers, Deno, edge runtimes, Node and browsers. Types and docs: safeconduct.d.ts.
const utf8 = new TextEncoder(), text = new TextDecoder(), none = new Uint8Array();

export class Sessions {
  #wasm; #inbox; #outbox; #record;
  constructor(module, { context, ring, kind = "e", level = 1, claims = false }) {
    const fill = (at, length) => crypto.getRandomValues(new Uint8Array(this.#wasm.memory.buffer, at, length));
    const random = (...place) => { try { fill(...place); return 0; } catch { return 1; } };
    this.#wasm = new WebAssembly.Instance(module, { host: { random } }).exports;
    const parts = utf8.encode(context.join("\0") + "\0"), options = kind.charCodeAt(0) | level << 8 | claims << 16;
    this.#call([parts, utf8.encode(ring)], (length) => this.#wasm.set_up(length, parts.length, options));
  }
  takeSnapshot(bytes, now) { this.#call([bytes], (length) => this.#wasm.take_snapshot(length, now)); }
  issue({ subject, claims = none, level = 1 }, now) {
    const who = utf8.encode(subject), issue = () => this.#wasm.issue(who.length, claims.length, level, now);
    return this.#text(0, this.#call([who, claims], issue));
  }
  renew(token, now) {
    const length = this.#wasm.renew(this.#put(token), now);
    this.#open(4200);
    return length ? this.#text(0, length) : null;
  }
  verify(token, now) {
    const length = this.#wasm.verify(this.#put(token), now), bytes = this.#outbox, at = this.#record;
    return length === 0 ? null : {
      subject: this.#text(64, 64 + bytes[3]), level: bytes[0], baseLevel: bytes[1], rotation: at.getUint32(4, true),
      startedAt: at.getFloat64(8, true), authenticatedAt: at.getFloat64(16, true),
      expiresAt: at.getFloat64(24, true), endsAt: at.getFloat64(32, true),
      claims: length > 64 + bytes[3] ? bytes.slice(64 + bytes[3], length) : undefined,
    };
  }
  get why() { return this.#text(0, this.#wasm.why()); }

  // Views of the module's memory end when it grows. Verifying never makes it grow.
  #open(size) {
    const from = this.#wasm.inbox(size), to = this.#wasm.outbox(), { buffer } = this.#wasm.memory;
    this.#inbox = new Uint8Array(buffer, from, size);
    [this.#outbox, this.#record] = [new Uint8Array(buffer, to, 4352), new DataView(buffer, to, 64)];
  }
  #call(parts, call) {
    this.#open(parts.reduce((sum, part) => sum + part.length, 4200));
    const found = call(parts.reduce((at, part) => (this.#inbox.set(part, at), at + part.length), 0));
    this.#open(4200);
    if (!found) throw new Error(this.why);
    return found;
  }
  #put(token) { return utf8.encodeInto(token, this.#inbox).written; }
  #text(from, to) { return text.decode(this.#outbox.subarray(from, to)); }
}
