import { globSync } from "node:fs";
import type { Environment } from "../cluster.ts";

const libraryPattern = "/usr/lib/*/faketime/libfaketimeMT.so.1";

/** Programs started with these variables see another time of day; durations stay as they are. */
export function clockEnvironment(offset: string): Environment {
  const [library] = globSync(libraryPattern);
  if (library === undefined) {
    throw new Error("Clocks are set wrong by libfaketime: apt-get install faketime");
  }
  return { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}
