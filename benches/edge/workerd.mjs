// Where npm has put workerd's program.
import { createRequire } from "node:module";

export default createRequire(import.meta.url).resolve("@cloudflare/workerd-linux-64/bin/workerd");
