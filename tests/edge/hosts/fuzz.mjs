// Tokens that were damaged, and things that only look like one. Without anything of a host: these run everywhere.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const letters = (length) => Array.from({ length }, () => LETTERS[randomInt(64)]).join("");

/** Below `end`. What is sent to be refused needs no better chance. */
export const randomInt = (end) => Math.floor(Math.random() * end);
export const randomBytes = (length) => Uint8Array.from({ length }, () => randomInt(256));

/** Printable, without a semicolon, and never the token itself. */
export function fuzzedToken(token) {
  const place = randomInt(token.length);
  const others = LETTERS.replace(token[place], "");
  return [
    () => token.slice(0, place) + others[randomInt(63)] + token.slice(place + 1),
    () => token.slice(0, place),
    () => token.slice(0, place) + letters(1 + randomInt(8)) + token.slice(place),
    () => `sc1${"ens"[randomInt(3)]}${letters(randomInt(300))}`,
    () => `${token.slice(0, 10)}${letters(randomInt(4096))}`,
    () => String.fromCharCode(...randomBytes(randomInt(60))).replace(/[^\x20-\x3a\x3c-\x7e]/g, "~"),
    () => token.split("").reverse().join(""),
  ][randomInt(7)]();
}
