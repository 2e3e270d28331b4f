#!/usr/bin/env node
// The halcyon command, under the pinned Node 24 whatever Node runs this file, in the caller's folder.
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
process.argv.splice(2, 0, main);
await import("../../../tools/with-node24.mjs");
