import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";

const compressed = /\.(?:css|html|js|json|md|svg|txt)$/;
const encodings = { br: promisify(brotliCompress), gz: promisify(gzip) } as const;

/** Puts a `.br` and a `.gz` beside each file that gets smaller by it. */
export async function compressFolder(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  await Promise.all(
    files
      .filter((file) => compressed.test(file))
      .flatMap((file) => {
        const plain = readFileSync(join(folder, file));
        return Object.entries(encodings).map(async ([ending, compress]) => {
          const bytes = await compress(plain);
          if (bytes.length < plain.length) writeFileSync(join(folder, `${file}.${ending}`), bytes);
        });
      }),
  );
}
