// Tokens that were damaged, and things that only look like one.
import { randomBytes, randomInt } from "node:crypto";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const letters = (length) => Array.from({ length }, () => LETTERS[randomInt(64)]).join("");

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
    () => randomBytes(randomInt(60)).toString("latin1").replace(/[^\x20-\x3a\x3c-\x7e]/g, "~"),
    () => token.split("").reverse().join(""),
  ][randomInt(7)]();
}
