// The page's script: the steps in a browser, with asynchronous compilation, as its main thread wants it.
import { run } from "./suite.mjs";

const get = (path) => fetch(path).then((response) => (response.ok ? response : Promise.reject(new Error(path))));
try {
  const { requests, ...given } = await (await get("/given.json")).json();
  const compile = (name) => WebAssembly.compileStreaming(get(`/${name}.wasm`));
  const [whole, verifier, encrypted] = await Promise.all(["whole", "verifier", "encrypted"].map(compile));
  await fetch("/told", { method: "POST", body: JSON.stringify(run({ whole, verifier, encrypted }, given, requests)) });
} catch (error) {
  await fetch("/told", { method: "POST", body: JSON.stringify({ "the page": error.stack }) });
}
