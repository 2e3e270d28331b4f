import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { parseDecimal, wholeSteps, wholeUnits } from "../src/config/decimal.ts";
import { didYouMean } from "../src/config/did-you-mean.ts";
import { loadConfig, parseSetFlag } from "../src/config/load-config.ts";
import { marketGrid } from "../src/config/market-grid.ts";
import { venueConfigJsonSchema } from "../src/config/schema.ts";

const published = join(import.meta.dirname, "../../../config");
const folder = mkdtempSync(join(tmpdir(), "halcyon-config-"));
after(() => rmSync(folder, { recursive: true }));

function load(yaml: string, sets: readonly string[] = []) {
  const file = join(folder, "venue.yaml");
  writeFileSync(file, yaml);
  return loadConfig(
    file,
    sets.map((text) => parseSetFlag(text)!),
  );
}

function problemLines(yaml: string, sets: readonly string[] = []): string[] {
  const loaded = load(yaml, sets);
  assert.ok(!loaded.ok, "the configuration was accepted");
  return loaded.problems.map(({ where, key, message }) =>
    `${where.replace(join(folder, "venue.yaml"), "")} ${key} ${message}`.trim().replace("  ", " "),
  );
}

const assets = `assets:
  - { code: BTC, decimals: 8 }
  - { code: USDT, decimals: 2 }
`;
function market(changes: Readonly<Record<string, string>> = {}): string {
  const values: Record<string, string> = {
    symbol: "BTCUSDT",
    base: "BTC",
    quote: "USDT",
    tickSize: '"1"',
    lotSize: '"0.01"',
    minPrice: '"1"',
    maxPrice: '"1000000"',
    minQuantity: '"0.01"',
    maxQuantity: '"100"',
    minNotional: '"5"',
    makerFee: '"0.001"',
    takerFee: '"0.001"',
    ...changes,
  };
  const lines = Object.entries(values).map(([key, value]) => `    ${key}: ${value}`);
  return `${assets}markets:\n  -${lines.join("\n").slice(3)}\n`;
}

test("the published configuration is the default venue: three demo regions, three markets", () => {
  const loaded = loadConfig(join(published, "halcyon.yaml"));
  assert.ok(loaded.ok);
  const { config } = loaded;
  assert.equal(config.topology, "demo");
  assert.equal(config.data, join(published, "../data"));
  assert.deepEqual(
    config.regions.map((region) => `${region.name} ${region.nodes}`),
    ["eu 1", "us 1", "ap 1"],
  );
  assert.deepEqual(
    config.markets.map((entry) => entry.symbol),
    ["BTCUSDT", "ETHUSDT", "ETHBTC"],
  );
});

test("the published configuration says the defaults that an empty file has", () => {
  const full = loadConfig(join(published, "halcyon.yaml"));
  const empty = load("");
  assert.ok(full.ok && empty.ok);
  const { data, assets: _, markets, ...defaults } = full.config;
  const { data: ___, assets: ____, markets: _____, ...filled } = empty.config;
  assert.deepEqual(filled, defaults);
  assert.ok(data.length > 0 && markets.length > 0);
});

test("the published JSON Schema is the schema that checks configurations", () => {
  const file = readFileSync(join(published, "halcyon.schema.json"), "utf8");
  assert.deepEqual(
    JSON.parse(file),
    venueConfigJsonSchema(),
    "config/halcyon.schema.json is behind: npm run config-schema",
  );
});

test("regions that a file names are real ones unless it says demo", () => {
  const named = load("regions: [{ name: eu }]");
  const demo = load("topology: demo\nregions: [{ name: eu }]");
  assert.ok(named.ok && demo.ok);
  assert.equal(named.config.topology, "production");
  assert.equal(demo.config.topology, "demo");
});

const refused: readonly [string, string, RegExp][] = [
  ["a key with a typo", "edge:\n  prot: 80\n", /^:2:3 edge\.prot .*did you mean port\?$/],
  ["an unknown section", "databases: 1\n", /^:1:1 databases .*use one of data, topology/],
  [
    "a number out of range",
    "edge:\n  port: 99999\n",
    /^:2:9 edge\.port must be .* 65535; it is 99999/,
  ],
  ["text for a number", "limits: { bodyBytes: many }", /^:1:22 limits\.bodyBytes .*it is "many"/],
  ["a value for a section", "edge: 8080\n", /^:1:7 edge must be a section of keys; it is 8080/],
  ["a section for a list", "assets: { BTC: 8 }\n", /^:1:1 assets must be a list/],
  ["an empty list of regions", "regions: []\n", /^:1:1 regions must be a list of at least one/],
  ["a bad region name", "regions:\n  - name: EU\n", /^:2:11 regions\[0\]\.name must be 1 to 16/],
  [
    "two regions of one name",
    "regions: [{name: eu}, {name: eu}]",
    /^:1:30 regions\[1\]\.name eu is/,
  ],
  ["torn YAML", "edge: {\n  port: 1\n", /^:\d+:\d+ is not YAML here: /],
  ["a key twice", "data: a\ndata: b\n", /^:2:1 is not YAML here: .*unique/],
  ["no mapping at all", "hello", /^:1:1 must be a section of keys; it is "hello"/],
  [
    "a bare number for a decimal",
    market({ tickSize: "1" }),
    /^:8:15 markets\[0\]\.tickSize .*put it in quotes$/,
  ],
  ["a price of zero", market({ minPrice: '"0"' }), /markets\[0\]\.minPrice must be more than zero/],
  ["an exponent", market({ maxPrice: '"1e6"' }), /maxPrice must be a decimal in quotes/],
  ["30 decimals", market({ lotSize: `"0.${"0".repeat(29)}1"` }), /lotSize must be a decimal/],
  ["a fee above a tenth", market({ takerFee: '"0.2"' }), /takerFee must be a share .*it is "0.2"/],
  [
    "a market with an unknown asset",
    market({ quote: "EUR" }),
    /^:7:12 markets\[0\]\.quote EUR is not one of the assets \(BTC, USDT\): add it/,
  ],
  ["a market of one asset", market({ quote: "BTC" }), /quote is the same as base/],
  [
    "a tick finer than the quote asset",
    market({ tickSize: '"0.001"' }),
    /finer .*USDT more decimals/,
  ],
  [
    "a tick and lot whose product is no whole unit",
    market({ lotSize: '"0.001"', minQuantity: '"0.001"' }),
    /lotSize tickSize 1 x lotSize 0.001 .*larger lotSize, a larger tickSize, or give USDT more/,
  ],
  [
    "a price off the grid",
    market({ maxPrice: '"10.5"' }),
    /maxPrice 10.5 is not a multiple of tick/,
  ],
  ["too many ticks", market({ maxPrice: '"3000000000"' }), /more than 2147483647 times tickSize/],
  ["limits upside down", market({ minQuantity: '"200"' }), /minQuantity is above maxQuantity 100/],
  [
    "demo traders beside real regions",
    "demo: true\nregions: [{ name: eu }]\n",
    /^:1:7 demo demo traders run only where topology is demo/,
  ],
];
for (const [name, yaml, expected] of refused) {
  test(`refused with its place and remedy: ${name}`, () =>
    assert.match(problemLines(yaml).join("\n"), expected));
}

test("everything wrong is said at once", () => {
  assert.equal(problemLines("edge: { port: x, host: 5 }\nlimit: 1\n").length, 3);
});

test("a file that is not there is refused with the remedy", () => {
  const loaded = loadConfig(join(folder, "none.yaml"));
  assert.ok(!loaded.ok);
  assert.match(loaded.problems[0]!.message, /no such file.*--config FILE/);
});

test("flags win over the file, and are named when they are wrong", () => {
  const loaded = load("edge: { port: 80 }", ["edge.port=9000", "limits.bodyBytes=2048"]);
  assert.ok(loaded.ok);
  assert.equal(loaded.config.edge.port, 9000);
  assert.equal(loaded.config.limits.bodyBytes, 2048);
  assert.match(problemLines("", ["edge.port=many"])[0]!, /^--set edge.port=many edge.port must be/);
  assert.match(problemLines("", ["limits.x.y=1"])[0]!, /^--set limits.x.y=1 limits.x is not a key/);
  assert.match(problemLines("", ["assets[0].code=X"])[0]!, /^--set .*is not|^--set .*a list/);
  assert.match(problemLines(market(), ["assets[7].code=X"])[0]!, /the list has 2 items/);
  assert.match(
    problemLines(market(), ["markets[0].tickSize=0.01"])[0]!,
    /^--set .* markets\[0\]\.tickSize .*in quotes/,
  );
  assert.equal(parseSetFlag("nothing"), null);
  assert.equal(parseSetFlag("__proto__.x=1"), null);
});

test("decimals become whole units exactly", () => {
  const exact = (text: string, decimals: number) => wholeUnits(parseDecimal(text)!, decimals);
  assert.equal(exact("0.1", 18), 100000000000000000n);
  assert.equal(exact("12345678901234567890", 0), 12345678901234567890n);
  assert.equal(exact("1.50", 1), 15n);
  assert.equal(exact("1.55", 1), null);
  assert.equal(wholeSteps(parseDecimal("0.3")!, parseDecimal("0.1")!), 3n);
  assert.equal(wholeSteps(parseDecimal("0.35")!, parseDecimal("0.1")!), null);
  for (const bad of ["", "-1", "+1", "1e3", "0x10", ".5", "5.", " 1", "1,0"]) {
    assert.equal(parseDecimal(bad), null, bad);
  }
});

test("a market's grid is what the core takes", () => {
  const loaded = load(market());
  assert.ok(loaded.ok);
  const { markets, assets: both } = loaded.config;
  const result = marketGrid(markets[0]!, both[0]!, both[1]!);
  assert.deepEqual(result, {
    ok: true,
    grid: {
      tickUnits: 100n,
      lotUnits: 1_000_000n,
      priceTicksMin: 1,
      priceTicksMax: 1_000_000,
      quantityLotsMin: 1,
      quantityLotsMax: 10_000,
      marketQuantityLotsMax: 10_000,
      notionalMin: 500n,
      makerFeePpm: 1_000,
      takerFeePpm: 1_000,
      openOrdersMax: 200,
    },
  });
});

test("a suggestion is made only when it is near", () => {
  assert.equal(didYouMean("Port", ["host", "port"]), "port");
  assert.equal(didYouMean("bodyByte", ["bodyBytes", "ordersPerDay"]), "bodyBytes");
  assert.equal(didYouMean("zebra", ["host", "port"]), null);
});
