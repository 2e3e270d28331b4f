import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The flow on which engines are compared: 8 words a command, behind a header with the expected results. */
export type CommonFlow = {
  readonly words: Int32Array;
  readonly prefillCount: number;
  readonly commandCount: number;
  readonly idEnd: number;
  readonly trades: number;
  readonly fillHash: number;
  readonly bookHash: number;
  readonly liveOrders: number;
};

export const flowHeaderWords = 8;
export const flowUsers = 1000;
export const flowType = { limit: 0, cancel: 1, amend: 2, market: 3 } as const;

const generator = fileURLToPath(new URL("../../shared/bench/order-flow.mjs", import.meta.url));

/** Makes the flow with the shared generator, or null where that is not there. */
export function makeCommonFlow(commands: number): CommonFlow | null {
  if (!existsSync(generator)) return null;
  const folder = mkdtempSync(join(tmpdir(), "halcyon-flow-"));
  try {
    const file = join(folder, "flow.bin");
    const made = spawnSync(process.execPath, [generator, file, String(commands)]);
    if (made.status !== 0) throw new Error(`the flow's generator failed: ${made.stderr}`);
    const bytes = readFileSync(file);
    const words = new Int32Array(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    );
    return {
      words,
      prefillCount: words[0]!,
      commandCount: words[1]!,
      idEnd: words[2]!,
      trades: words[3]!,
      fillHash: words[4]!,
      bookHash: words[5]!,
      liveOrders: words[6]!,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
