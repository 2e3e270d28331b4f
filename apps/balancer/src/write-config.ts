// Writes haproxy.cfg for the configuration that the balancer reads too: `write-config.ts BALANCER.json`.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type HaproxyEdgeConfig, haproxyConfig } from "@halcyon/edge";
import { readProcessConfig } from "@halcyon/process";

const config = readProcessConfig<HaproxyEdgeConfig>(process.argv[2]);
const { folder } = config.haproxy;
mkdirSync(folder, { recursive: true, mode: 0o700 });
const path = join(folder, "haproxy.cfg");
// Renamed into place: whoever starts HAProxy meanwhile reads the old one or the new one.
writeFileSync(`${path}.new`, haproxyConfig(config), { mode: 0o600 });
renameSync(`${path}.new`, path);
process.stdout.write(`${path}\n`);
