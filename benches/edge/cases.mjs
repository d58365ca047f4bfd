// The worker under measurement: each case verifies the same session `n` times within one request. Time is taken outside.
import { EncryptJWT, SignJWT, generateKeyPair, jwtDecrypt, jwtVerify } from "jose";
import { defaults as ironDefaults, seal, unseal } from "iron-webcrypto";
import { sealData, unsealData } from "iron-session";

import module from "./safeconduct.wasm";
import { Sessions } from "../../examples/wasm-anywhere/safeconduct.js";
import { context, inside, subject } from "./inside.mjs";

/** What a session of ours says, for those who carry it as JSON. */
function claims(now) {
  return { sid: "nFq3L0m1Jr8uX2aW", acr: "aal1", rot: 0, auth_time: now, end: now + 28_800 };
}

async function prepare(env) {
  const now = Math.floor(Date.now() / 1000), cases = { empty: { token: "", once: () => true } };
  const add = (name, token, once) => { cases[name] = { token, once }; };
  const bytes = crypto.getRandomValues(new Uint8Array(32));

  for (const [kind, ring] of [["e", env.RING_E], ["n", env.RING_N]]) {
    const sessions = new Sessions(module, { context, ring, kind });
    sessions.takeSnapshot(new Uint8Array(env.SNAPSHOT), now);
    const token = sessions.issue({ subject }, now);
    add(`safeconduct ${kind}`, token, () => sessions.verify(token, now).subject === subject);
  }
  const within = inside(module, env.RING_E, env.SNAPSHOT, now);
  add("safeconduct e, loop inside wasm", within.token, within);

  const hmac = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
  const jwt = () => new SignJWT(claims(now)).setSubject(subject).setIssuedAt(now).setExpirationTime(now + 1800)
    .setIssuer("shop.example").setAudience("session");
  const expected = { issuer: "shop.example", audience: "session" };
  const hs256 = await jwt().setProtectedHeader({ alg: "HS256" }).sign(hmac);
  add("jose HS256, CryptoKey", hs256, async () => (await jwtVerify(hs256, hmac, expected)).payload.sub === subject);
  add("jose HS256, raw key", hs256, async () => (await jwtVerify(hs256, bytes, expected)).payload.sub === subject);

  const gcm = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  const jwe = await new EncryptJWT(claims(now)).setSubject(subject).setIssuedAt(now).setExpirationTime(now + 1800)
    .setIssuer("shop.example").setAudience("session").setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(gcm);
  add("jose dir/A256GCM, CryptoKey", jwe, async () => (await jwtDecrypt(jwe, gcm, expected)).payload.sub === subject);

  const pair = await generateKeyPair("EdDSA");
  const eddsa = await jwt().setProtectedHeader({ alg: "EdDSA" }).sign(pair.privateKey);
  add("jose EdDSA", eddsa, async () => (await jwtVerify(eddsa, pair.publicKey, expected)).payload.sub === subject);

  const password = "a password of more than thirty-two characters";
  const contents = { ...claims(now), sub: subject };
  const iron = await seal(contents, password, { ...ironDefaults, ttl: 1_800_000 });
  add("iron-webcrypto unseal", iron, async () =>
    (await unseal(iron, password, { ...ironDefaults, ttl: 1_800_000 })).sub === subject);
  const ironSession = await sealData(contents, { password, ttl: 1800 });
  add("iron-session unsealData", ironSession, async () =>
    (await unsealData(ironSession, { password, ttl: 1800 })).sub === subject);

  const message = new TextEncoder().encode(hs256.slice(0, hs256.lastIndexOf(".")));
  const tag = await crypto.subtle.sign("HMAC", hmac, message);
  add("bare WebCrypto HMAC", "", () => crypto.subtle.verify("HMAC", hmac, tag, message));
  const signature = await crypto.subtle.sign("Ed25519", pair.privateKey, message);
  add("bare WebCrypto Ed25519", "", () => crypto.subtle.verify("Ed25519", pair.publicKey, signature, message));
  return cases;
}

let prepared;
export default {
  async fetch(request, env) {
    const url = new URL(request.url), name = url.searchParams.get("case"), n = Number(url.searchParams.get("n"));
    const cases = await (prepared ??= prepare(env));
    if (!name) return Response.json(Object.fromEntries(Object.entries(cases).map(([name, { token }]) => [name, token.length])));
    const { once } = cases[name];
    if (once.many) return new Response(once.many(n) ? "ok" : "wrong");
    for (let i = 0; i < n; i++) {
      const good = once();
      if (!(good === true || (await good))) return new Response("wrong");
    }
    return new Response("ok");
  },
};
