export { loadConfig, type Override, parseSetFlag } from "./config/load-config.ts";
