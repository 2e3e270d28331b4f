import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLog } from "@halcyon/log";
import { contractSuite } from "./contract.ts";

contractSuite("memory", async () => {
  const log = await openLog({ kind: "memory" });
  return { open: async () => log, shared: null, remove: async () => {} };
});

contractSuite("LMDB", async () => {
  const folder = await mkdtemp(join(tmpdir(), "halcyon-log-"));
  const shared = { kind: "lmdb", path: join(folder, "log") } as const;
  return {
    open: () => openLog(shared),
    shared,
    remove: () => rm(folder, { recursive: true }),
  };
});
