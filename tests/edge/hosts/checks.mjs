// As much of an assertion library as every host has.

/** Compares as JSON, in which `undefined` within an array is `null`. */
export function equal(found, expected) {
  const [one, other] = [found, expected].map((value) => JSON.stringify(value));
  if (one !== other) throw new Error(`found ${one}, expected ${other}`);
}

/** The error, which has to be thrown and to say that. */
export function throws(call, said = "") {
  try {
    call();
  } catch (error) {
    if (!error.message.includes(said)) throw new Error(`"${error.message}" does not say "${said}"`);
    return error;
  }
  throw new Error("nothing was thrown");
}

export const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
