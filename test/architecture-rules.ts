import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** The repository's own files by path; content is text. */
export type Tree = ReadonlyMap<string, string>;

/** DESIGN's table of packages: which of our packages a package's source may import. */
export const importTable: Readonly<Record<string, readonly string[]>> = {
  core: [],
  log: [],
  process: [],
  replica: ["core", "log"],
  gateway: ["core", "replica"],
  edge: [],
  sdk: [],
  console: [],
  fleet: ["process"],
  cli: ["core", "fleet", "drills", "console"],
  drills: ["core", "log", "fleet", "sdk", "sim"],
  sim: ["core", "log", "replica", "gateway", "edge"],
};

const sourceLinesMax = 450;
const skippedFolders = new Set(["node_modules", ".git", "data", "coverage", "built"]);
const textFile = /\.(?:tsx?|css|mjs|json|jsonc|md|yaml|grit)$|^\.ci\/run$/;
const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)+$/;
// Put together here so that this file does not accuse itself.
const unfinishedWords = new RegExp(
  `\\b(?:${["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|")})\\b`,
);
const secretName = /(?:^|\/)(?:\.env.*|credentials\.json|id_[a-z0-9]+|.*\.(?:pem|key|p12|pfx))$/;
const secretText = new RegExp(`-----BEGIN [A-Z ]*PRIVATE ${"KEY"}-----|\\bhal_admin_[\\w-]{43}`);
const importPattern =
  /(?:^|[\s;}])(?:import|export)\s*(?:type\s)?(?:[\w\s{},*$]+?\sfrom\s*)?["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']/g;

export function readTree(root: string, folder = "", tree = new Map<string, string>()): Tree {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      const hidden = entry.name.startsWith(".") && entry.name !== ".ci";
      if (!hidden && !skippedFolders.has(entry.name)) readTree(root, path, tree);
    } else if (entry.isFile()) {
      tree.set(path, textFile.test(path) ? readFileSync(join(root, path), "utf8") : "");
    }
  }
  return tree;
}

/** A workspace's folder ("packages/log", "apps/node") for a path inside it, else null. */
function workspaceOf(path: string): string | null {
  return /^(?:packages|apps)\/[^/]+(?=\/)/.exec(path)?.[0] ?? null;
}

function isIn(part: "src" | "test", path: string): boolean {
  return new RegExp(`^(?:packages|apps)/[^/]+/${part}/.*\\.tsx?$`).test(path);
}

function importsOf(content: string): string[] {
  return [...content.matchAll(importPattern)].map((match) => (match[1] ?? match[2])!);
}

type Manifest = {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};
function manifestOf(tree: Tree, folder: string): Manifest {
  const path = folder === "" ? "package.json" : `${folder}/package.json`;
  return JSON.parse(tree.get(path) ?? "{}") as Manifest;
}

function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** What is wrong with one import, or null. */
function importFault(tree: Tree, path: string, specifier: string): string | null {
  const workspace = workspaceOf(path);
  if (specifier.startsWith(".")) {
    const target = normalize(join(dirname(path), specifier));
    return workspaceOf(`${target}/`) === workspace || workspaceOf(target) === workspace
      ? null
      : `${path}: imports ${specifier} across packages; import the package by its name`;
  }
  if (specifier.startsWith("node:")) {
    return path.startsWith("packages/core/src/")
      ? `${path}: imports ${specifier}; the core has no I/O`
      : null;
  }
  const name = packageName(specifier);
  if (name.startsWith("@halcyon/") && name !== specifier) {
    return `${path}: imports ${specifier}; packages meet only through their index.ts`;
  }
  if (workspace === null) return null;
  const manifest = manifestOf(tree, workspace);
  const source = isIn("src", path);
  if (name === manifest.name) return source ? `${path}: imports its own package` : null;
  if (manifest.dependencies?.[name] !== undefined) return null;
  if (!source) {
    const rootTools = manifestOf(tree, "").devDependencies;
    if (manifest.devDependencies?.[name] ?? rootTools?.[name]) return null;
    if (mayTestWith(workspace, name.replace("@halcyon/", ""))) return null;
  }
  return `${path}: imports ${name}, which package.json does not declare`;
}

/** A test may use whatever its package is built on, near or far; an app may use everything. */
function mayTestWith(workspace: string, sibling: string): boolean {
  if (workspace.startsWith("apps/")) return sibling in importTable;
  const below = importTable[workspace.replace("packages/", "")] ?? [];
  return below.some((name) => name === sibling || mayTestWith(`packages/${name}`, sibling));
}

export function importFaults(tree: Tree): string[] {
  const faults: string[] = [];
  for (const [path, content] of tree) {
    if (!/\.tsx?$/.test(path)) continue;
    for (const specifier of importsOf(content)) {
      const fault = importFault(tree, path, specifier);
      if (fault !== null) faults.push(fault);
    }
  }
  return faults;
}

/** Declared dependencies are those of the table, and each is really imported. */
export function dependencyFaults(tree: Tree): string[] {
  const faults: string[] = [];
  for (const path of tree.keys()) {
    const folder = /^((?:packages|apps)\/[^/]+)\/package\.json$/.exec(path)?.[1];
    if (folder === undefined) continue;
    const name = folder.slice(folder.indexOf("/") + 1);
    const allowed = folder.startsWith("apps/") ? null : importTable[name];
    if (allowed === undefined) faults.push(`${path}: ${name} is not in the import table`);
    const used = new Set(
      [...tree]
        .filter(([file]) => file.startsWith(`${folder}/`) && isIn("src", file))
        .flatMap(([, content]) => importsOf(content).map(packageName)),
    );
    for (const dependency of Object.keys(manifestOf(tree, folder).dependencies ?? {})) {
      const sibling = /^@halcyon\/(.+)$/.exec(dependency)?.[1];
      if (sibling !== undefined && allowed && !allowed.includes(sibling)) {
        faults.push(`${path}: ${name} may not import ${sibling}`);
      }
      if (!used.has(dependency)) faults.push(`${path}: ${dependency} is declared but not imported`);
    }
  }
  return faults;
}

export function shapeFaults(tree: Tree): string[] {
  const faults: string[] = [];
  const workspaces = new Set<string>();
  for (const [path, content] of tree) {
    const workspace = workspaceOf(path);
    if (workspace !== null) workspaces.add(workspace);
    if (isIn("src", path)) {
      const lines = content.split("\n").length - 1;
      if (lines > sourceLinesMax) faults.push(`${path}: ${lines} lines; at most ${sourceLinesMax}`);
    }
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (/\.(?:tsx?|css|mjs)$/.test(path) && !kebabCase.test(name))
      faults.push(`${path}: not kebab-case`);
  }
  for (const workspace of workspaces) {
    const needed = workspace.startsWith("packages/")
      ? ["README.md", "src/index.ts"]
      : ["src/main.ts"];
    for (const file of needed) {
      if (!tree.has(`${workspace}/${file}`)) faults.push(`${workspace}: has no ${file}`);
    }
  }
  return faults;
}

export function textFaults(tree: Tree): string[] {
  const faults: string[] = [];
  for (const [path, content] of tree) {
    if (secretName.test(path))
      faults.push(`${path}: looks like a secret; keep it out of the repository`);
    if (secretText.test(content)) faults.push(`${path}: holds what looks like a secret`);
    const unfinished = unfinishedWords.exec(content)?.[0];
    if (unfinished !== undefined && path !== "package-lock.json") {
      faults.push(`${path}: says ${unfinished}; finish it or open an issue`);
    }
  }
  return faults;
}

/** Relative links of the documents lead somewhere. */
export function linkFaults(tree: Tree): string[] {
  const faults: string[] = [];
  const folders = new Set([...tree.keys()].flatMap(foldersAbove));
  for (const [path, content] of tree) {
    if (!path.endsWith(".md")) continue;
    for (const [, link] of content.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(?:[a-z]+:|#)/.test(link!)) continue;
      const target = normalize(join(dirname(path), link!.replace(/#.*$/, ""))).replace(/\/$/, "");
      if (!tree.has(target) && !folders.has(target)) faults.push(`${path}: ${link} leads nowhere`);
    }
  }
  return faults;
}

function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === "." ? [] : [folder, ...foldersAbove(folder)];
}
