// The page's script: the steps in a browser, with asynchronous compilation, as its main thread wants it.
import { run } from "./suite.mjs";

const get = (path) => fetch(path).then((response) => (response.ok ? response : Promise.reject(new Error(path))));
try {
  const { requests, ...given } = await (await get("/given.json")).json();
  const [whole, verifier] = await Promise.all(["/whole.wasm", "/verifier.wasm"].map((path) => WebAssembly.compileStreaming(get(path))));
  await fetch("/told", { method: "POST", body: JSON.stringify(run({ whole, verifier }, given, requests)) });
} catch (error) {
  await fetch("/told", { method: "POST", body: JSON.stringify({ "the page": error.stack }) });
}
