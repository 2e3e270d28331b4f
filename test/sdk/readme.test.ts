import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import { startWorld, type World } from "./world.ts";

let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

const file = fileURLToPath(new URL("../../packages/sdk/README.md", import.meta.url));
const importLine = /^import \{ (.*) \} from "([^"]+)";$/gm;

test("the README's example runs as it stands, with the reader's own values", async () => {
  const [, example] = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(file, "utf8"))!;
  const code = example!
    .replace("https://eu.example.com", world.edge)
    .replace("https://us.example.com", world.nodes[1]!)
    .replace("https://ap.example.com", world.nodes[2]!)
    .replace("API_KEY", world.trader.apiKey)
    .replace("SECRET", world.trader.secret);
  const printed: string[] = [];
  const names: Record<string, unknown> = {
    console: { log: (...words: unknown[]) => printed.push(words.join(" ")) },
  };
  for (const [, parts, from] of code.matchAll(importLine)) {
    const module = (await import(from!)) as Readonly<Record<string, unknown>>;
    for (const part of parts!.split(", ")) names[part] = module[part];
  }
  const body = `return (async () => {\n${code.replaceAll(importLine, "")}\n})();`;
  await compileFunction(body, Object.keys(names), { filename: file })(...Object.values(names));
  assert.match(printed[0]!, /^order \d+ is NEW, says http/);
  assert.match(printed.at(-1)!, /^0 open orders, 10000000.00000000 USDT free$/);
});
