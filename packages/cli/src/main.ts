import { join } from "node:path";
import { repositoryFolder } from "./options.ts";
import { createProgram } from "./program.ts";
import { runProgram } from "./run-program.ts";

await runProgram(createProgram(join(repositoryFolder, "apps")), process.argv.slice(2));
