import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parse,
  parseDocument,
} from "yaml";
import type { z } from "zod";
import { crossChecks, type Path } from "./cross-checks.ts";
import { didYouMean } from "./did-you-mean.ts";
import {
  type VenueConfig,
  venueConfigJsonSchema,
  venueConfigSchema,
  withRegions,
} from "./schema.ts";

/** A value given on the command line; it wins over the file. */
export type Override = { readonly path: Path; readonly value: unknown; readonly flag: string };

/** One thing wrong: where (file:line:column, or the flag), at which key, and what to write instead. */
export type ConfigProblem = {
  readonly where: string;
  readonly key: string;
  readonly message: string;
};
export type LoadedConfig =
  | { readonly ok: true; readonly config: VenueConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

type Source = {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly overrides: readonly Override[];
};

/** Reads, overrides and checks a venue's configuration; `data` comes back as an absolute path. */
export function loadConfig(file: string, overrides: readonly Override[] = []): LoadedConfig {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : error;
    const message = `cannot be read (${reason}): name the configuration with --config FILE`;
    return { ok: false, problems: [{ where: file, key: "", message }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      const message = `is not YAML here: ${error.message}`;
      return { where: `${file}:${line}:${col}`, key: "", message };
    });
    return { ok: false, problems };
  }
  const source = { file, document, lines, overrides };
  const values = (document.toJS() ?? {}) as unknown;
  for (const override of overrides) {
    const problem = applyOverride(values, override);
    if (problem !== null) return { ok: false, problems: [problem] };
  }
  return check(source, values);
}

function check(source: Source, values: unknown): LoadedConfig {
  const parsed = venueConfigSchema.safeParse(values);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => describeIssue(source, issue));
    return { ok: false, problems };
  }
  const config = withRegions(parsed.data);
  const problems = crossChecks(config);
  if (problems.length > 0) {
    return {
      ok: false,
      problems: problems.map(({ path, message }) => ({
        where: whereOf(source, path),
        key: keyText(path),
        message,
      })),
    };
  }
  const dataFromFlag = source.overrides.some((override) => override.path[0] === "data");
  const data = dataFromFlag ? resolve(config.data) : resolve(dirname(source.file), config.data);
  return { ok: true, config: { ...config, data } };
}

function describeIssue(source: Source, issue: z.core.$ZodIssue): ConfigProblem[] {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  if (issue.code !== "unrecognized_keys") {
    return [{ where: whereOf(source, path), key: keyText(path), message: issue.message }];
  }
  return issue.keys.map((key) => {
    const known = knownKeys(path);
    const meant = didYouMean(key, known);
    const remedy = meant === null ? `use one of ${known.join(", ")}` : `did you mean ${meant}?`;
    const message = `is not a key that is known here: ${remedy}`;
    const keyPath = [...path, key];
    return { where: whereOf(source, keyPath, "key"), key: keyText(keyPath), message };
  });
}

type JsonSchemaNode = {
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly items?: JsonSchemaNode;
};

function knownKeys(path: Path): string[] {
  let node: JsonSchemaNode | undefined = venueConfigJsonSchema() as JsonSchemaNode;
  for (const step of path) node = typeof step === "number" ? node?.items : node?.properties?.[step];
  return Object.keys(node?.properties ?? {});
}

/** The flag that set the value, or the place in the file; what is missing is where it should be. */
function whereOf(source: Source, path: Path, part: "key" | "value" = "value"): string {
  const { file, document, lines, overrides } = source;
  const { offset, depth } = placeOf(document.contents, path, part);
  const set = overrides.find(
    (override) =>
      override.path.every((step, i) => i >= path.length || path[i] === step) &&
      (override.path.length <= path.length || depth < path.length),
  );
  if (set !== undefined) return set.flag;
  const { line, col } = lines.linePos(offset);
  return `${file}:${line}:${col}`;
}

/** How far along `path` the document goes, and where that is. */
function placeOf(contents: unknown, path: Path, part: "key" | "value") {
  let node: unknown = contents;
  let offset = isNode(contents) ? (contents.range?.[0] ?? 0) : 0;
  for (const [depth, step] of path.entries()) {
    const next = childOf(node, step);
    if (next === null) return { offset, depth };
    [node, offset] = next;
  }
  const value = part === "value" && isScalar(node) ? node.range?.[0] : undefined;
  return { offset: value ?? offset, depth: path.length };
}

/** A section's value and where its key stands; a list's item and where it begins. */
function childOf(node: unknown, step: string | number): [unknown, number] | null {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
    if (pair === undefined) return null;
    return [pair.value, (pair.key as Node).range?.[0] ?? 0];
  }
  const item = (node as { items?: unknown[] } | null)?.items?.[Number(step)];
  return isNode(item) ? [item, item.range?.[0] ?? 0] : null;
}

/** "markets[0].tickSize" */
export function keyText(path: Path): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .slice(1);
}

function applyOverride(values: unknown, override: Override): ConfigProblem | null {
  let target = values as Record<string | number, unknown>;
  const refuse = (message: string) => ({
    where: override.flag,
    key: keyText(override.path),
    message,
  });
  for (const [depth, step] of override.path.entries()) {
    if (typeof target !== "object" || target === null) {
      return refuse("is not a place in the configuration: correct the path");
    }
    if (Array.isArray(target) && !(typeof step === "number" && step < target.length)) {
      return refuse(`the list has ${target.length} items, counted from 0: correct the path`);
    }
    if (depth === override.path.length - 1) target[step] = override.value;
    else {
      target[step] ??= {};
      target = target[step] as Record<string | number, unknown>;
    }
  }
  return null;
}

/** Reads "path=value" of --set, such as "limits.bodyBytes=1024" or "markets[0].minNotional='5'". */
export function parseSetFlag(text: string): Override | null {
  const equals = text.indexOf("=");
  if (equals < 1) return null;
  const path = text
    .slice(0, equals)
    .replaceAll(/\[(\d+)\]/g, ".$1")
    .split(".")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  if (path.includes("") || path.includes("__proto__")) return null;
  try {
    return { path, value: parse(text.slice(equals + 1)) as unknown, flag: `--set ${text}` };
  } catch {
    return null;
  }
}
