import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import type { Credentials } from "../venue-process.ts";

const file = fileURLToPath(new URL("../../docs/clients.md", import.meta.url));
const text = readFileSync(file, "utf8");

/** Where a client is to go: through TLS, with a name, or straight to a venue on this machine. */
export type Place = { readonly tls: boolean; readonly host: string };

/** A section of docs/clients.md, up to the next heading. */
export function section(heading: string): string {
  const body = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`));
  if (body === undefined) throw new Error(`docs/clients.md has no heading "${heading}"`);
  return body;
}

/** The blocks of a section with this language, with the reader's own values written in. */
export function blocks(
  heading: string,
  language: string,
  place: Place,
  credentials: Credentials,
): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm");
  const found = [...section(heading).matchAll(fence)].map((match) => match[1]!);
  if (found.length === 0) throw new Error(`docs/clients.md: no ${language} under "${heading}"`);
  const schemes = (block: string) =>
    place.tls
      ? block
      : block
          .replaceAll("https://api.example.com", "http://api.example.com")
          .replaceAll("wss://api.example.com", "ws://api.example.com");
  return found.map((block) =>
    schemes(block)
      .replaceAll("api.example.com", place.host)
      .replaceAll("example.com", place.host.replace(/^api\./, ""))
      .replaceAll("API_KEY", credentials.apiKey)
      // Through JSON, so that the lines of a PEM stay inside their quotes.
      .replaceAll("SECRET", JSON.stringify(credentials.secret).slice(1, -1)),
  );
}

const importLine = /^import (?:(\w+)|\{ (.*) \}) from "([^"]+)";$/gm;

/** Runs the section's JavaScript as its reader would, and hands out what it calls `names`. */
export async function runBlocks(
  heading: string,
  names: readonly string[],
  place: Place,
  credentials: Credentials,
): Promise<Readonly<Record<string, unknown>>> {
  const code = blocks(heading, "js", place, credentials).join("\n");
  const imported: Record<string, unknown> = {};
  for (const [, whole, parts, from] of code.matchAll(importLine)) {
    const module = (await import(from!)) as Readonly<Record<string, unknown>>;
    if (whole !== undefined) imported[whole] = module["default"];
    for (const part of parts?.split(", ") ?? []) {
      const [name, alias] = part.split(" as ") as [string, string?];
      imported[alias ?? name] = module[name];
    }
  }
  const body = `${code.replaceAll(importLine, "")}\nreturn { ${names.join(", ")} };`;
  const run = compileFunction(body, Object.keys(imported), { filename: file });
  return run(...Object.values(imported)) as Readonly<Record<string, unknown>>;
}

/** Runs the section's JavaScript step by step, with what its reader has made before by these names. */
export async function runSteps(
  heading: string,
  made: Readonly<Record<string, unknown>>,
): Promise<void> {
  const code = blocks(heading, "js", { tls: true, host: "" }, { apiKey: "", secret: "" });
  const body = `return (async () => {\n${code.join("\n")}\n})();`;
  await compileFunction(body, Object.keys(made), { filename: file })(...Object.values(made));
}
