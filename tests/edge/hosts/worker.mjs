// The steps as a Worker, on workerd.
import { run } from "./suite.mjs";
import whole from "./whole.wasm";
import verifier from "./verifier.wasm";
import encrypted from "./encrypted.wasm";

export default {
  async fetch(request) {
    const { requests, ...given } = await request.json();
    return Response.json(run({ whole, verifier, encrypted }, given, requests));
  },
};
