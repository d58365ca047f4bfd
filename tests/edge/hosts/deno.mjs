// deno run --allow-read=FOLDER deno.mjs FOLDER: the steps under Deno. `suite.mjs` in the folder is the bundle of them.
const folder = Deno.args[0];
const { run } = await import(`file://${folder}/suite.mjs`);
const { requests, ...given } = JSON.parse(Deno.readTextFileSync(`${folder}/given.json`));
const module = (name) => new WebAssembly.Module(Deno.readFileSync(`${folder}/${name}.wasm`));
const modules = Object.fromEntries(["whole", "verifier", "encrypted"].map((name) => [name, module(name)]));
console.log(JSON.stringify(run(modules, given, requests)));
