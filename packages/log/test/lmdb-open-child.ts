/** Opens and closes an LMDB environment until it is killed: `node lmdb-open-child.ts PATH`. */
import { open } from "lmdb";

const [path = ""] = process.argv.slice(2);
for (;;) await open({ path, noSubdir: false, overlappingSync: false, maxDbs: 1 }).close();
