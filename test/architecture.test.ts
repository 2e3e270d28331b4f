import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import {
  dependencyFaults,
  importFaults,
  linkFaults,
  readTree,
  shapeFaults,
  type Tree,
  textFaults,
} from "./architecture-rules.ts";

const rules = {
  "imports follow the table and go through package names": importFaults,
  "declared dependencies are allowed and used": dependencyFaults,
  "every package has its README and index, files are short and kebab-case": shapeFaults,
  "nothing unfinished and no secret is kept here": textFaults,
  "links in the documents lead somewhere": linkFaults,
} as const;

const repository = readTree(join(import.meta.dirname, ".."));
for (const [name, faultsOf] of Object.entries(rules)) {
  test(name, () => assert.deepEqual(faultsOf(repository), []));
}

const sound: Readonly<Record<string, string>> = {
  "package.json": "{}",
  "packages/core/package.json": '{"name":"@halcyon/core","dependencies":{}}',
  "packages/core/README.md": "See [the index](src/index.ts) and [the log](../log/).",
  "packages/core/src/index.ts": 'export { a } from "./a.ts";\n',
  "packages/core/src/a.ts": "export const a = 1;\n",
  "packages/log/package.json": '{"name":"@halcyon/log","dependencies":{"lmdb":"1.0.0"}}',
  "packages/log/README.md": "The log.",
  "packages/log/src/index.ts": 'import { open } from "lmdb";\nimport fs from "node:fs";\n',
};

function plant(files: Readonly<Record<string, string>>): Tree {
  return new Map(Object.entries({ ...sound, ...files }));
}

test("a test may use what its package is built on", () => {
  const tree = plant({
    "packages/gateway/package.json": '{"name":"@halcyon/gateway"}',
    "packages/gateway/test/a.test.ts": 'import { x } from "@halcyon/log";',
  });
  assert.deepEqual(importFaults(tree), []);
});

test("a sound tree has no faults", () => {
  for (const faultsOf of Object.values(rules)) assert.deepEqual(faultsOf(plant({})), []);
});

const coreSource = "packages/core/src/a.ts";
const planted: readonly [string, Readonly<Record<string, string>>, keyof typeof rules, RegExp][] = [
  [
    "a relative import across packages",
    { [coreSource]: 'import { x } from "../../log/src/index.ts";' },
    "imports follow the table and go through package names",
    /across packages/,
  ],
  [
    "a relative import of a test into another package",
    { "packages/core/test/a.test.ts": 'import { x } from "../../log/src/index.ts";' },
    "imports follow the table and go through package names",
    /across packages/,
  ],
  [
    "a node: import in the core",
    { [coreSource]: 'import {\n  readFileSync,\n} from "node:fs";' },
    "imports follow the table and go through package names",
    /no I\/O/,
  ],
  [
    "an import of a sibling that is not declared",
    { [coreSource]: 'export type { Log } from "@halcyon/log";' },
    "imports follow the table and go through package names",
    /does not declare/,
  ],
  [
    "a test of a package that builds on the one it imports",
    { "packages/log/test/a.test.ts": 'import { x } from "@halcyon/replica";' },
    "imports follow the table and go through package names",
    /does not declare/,
  ],
  [
    "a dynamic import past a package's index",
    { [coreSource]: `await ${"import"}("@halcyon/log/internal/x.ts");` },
    "imports follow the table and go through package names",
    /only through their index/,
  ],
  [
    "a dependency outside the table",
    {
      "packages/core/package.json": '{"name":"@halcyon/core","dependencies":{"@halcyon/log":"1"}}',
      [coreSource]: 'import { x } from "@halcyon/log";',
    },
    "declared dependencies are allowed and used",
    /core may not import log/,
  ],
  [
    "a dependency that nothing imports",
    { "packages/log/src/index.ts": "export {};\n" },
    "declared dependencies are allowed and used",
    /lmdb is declared but not imported/,
  ],
  [
    "a package outside the table",
    { "packages/helpers/package.json": '{"name":"@halcyon/helpers"}' },
    "declared dependencies are allowed and used",
    /helpers is not in the import table/,
  ],
  [
    "a file that is too long",
    { [coreSource]: "\n".repeat(451) },
    "every package has its README and index, files are short and kebab-case",
    /451 lines/,
  ],
  [
    "a camelCase file",
    { "packages/core/src/orderBook.ts": "" },
    "every package has its README and index, files are short and kebab-case",
    /not kebab-case/,
  ],
  [
    "a package without index and README",
    { "packages/edge/src/x.ts": "" },
    "every package has its README and index, files are short and kebab-case",
    /has no README.md/,
  ],
  [
    "an unfinished place",
    { [coreSource]: `// ${"TO" + "DO"}: later` },
    "nothing unfinished and no secret is kept here",
    /finish it/,
  ],
  [
    "a key file",
    { "config/master.key": "" },
    "nothing unfinished and no secret is kept here",
    /looks like a secret/,
  ],
  [
    "an administrator's token",
    { "README.md": `hal_admin_${"a".repeat(43)}` },
    "nothing unfinished and no secret is kept here",
    /holds what looks like/,
  ],
  [
    "a link to nowhere",
    { "README.md": "[x](docs/none.md)" },
    "links in the documents lead somewhere",
    /leads nowhere/,
  ],
];

for (const [name, files, rule, expected] of planted) {
  test(`the rules see ${name}`, () => assert.match(rules[rule](plant(files)).join("\n"), expected));
}
