export { type Built, ensureBuilt } from "./build/ensure-built.ts";
