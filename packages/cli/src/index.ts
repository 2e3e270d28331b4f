export { createProgram } from "./program.ts";
export { runProgram } from "./run-program.ts";
