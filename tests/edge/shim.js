// What worker-build writes around the module when it is deployed, as far as a test needs it.
import * as glue from "./index_bg.js";
import module from "./index_bg.wasm";

const { exports } = new WebAssembly.Instance(module, { "./index_bg.js": glue });
glue.__wbg_set_wasm(exports);
exports.__wbindgen_start();

export default { fetch: (request, env, context) => glue.fetch(request, env, context) };
