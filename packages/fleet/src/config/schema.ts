import { z } from "zod";
import { parseDecimal } from "./decimal.ts";

/** What a message shows of a value that was refused. */
function shown(value: unknown): string {
  if (value === undefined) return "it is missing";
  const text = JSON.stringify(value);
  return `it is ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`;
}

function mustBe(what: string): { error: (issue: { input?: unknown }) => string } {
  return { error: (issue) => `must be ${what}; ${shown(issue.input)}` };
}

function wholeNumber(min: number, max: number) {
  const message = mustBe(`a whole number from ${min} to ${max}`);
  return z.int(message).min(min, message).max(max, message);
}

function matching(pattern: RegExp, what: string) {
  const message = mustBe(what);
  return z.string(message).regex(pattern, message);
}

function decimal(example: string) {
  const rule = `a decimal in quotes such as "${example}"`;
  return z
    .string({
      error: ({ input }) =>
        typeof input === "number"
          ? `must be ${rule}; a bare number would pass through floating point: put it in quotes`
          : `must be ${rule}; ${shown(input)}`,
    })
    .regex(/^\d{1,20}(?:\.\d{1,18})?$/, mustBe(rule));
}

function positiveDecimal(example: string) {
  return decimal(example).refine(
    (text) => parseDecimal(text)?.digits !== 0n,
    mustBe(`more than zero, such as "${example}"`),
  );
}

const onOff = () => z.boolean(mustBe("true or false"));
const list = <Item extends z.ZodType>(item: Item) => z.array(item, mustBe("a list"));
const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "invalid_type"
        ? `must be a section of keys; ${shown(issue.input)}`
        : undefined,
  });

const byDefault = <Schema extends z.ZodType>(schema: Schema) =>
  schema.prefault({} as z.input<Schema> & {});

const feeRate = (example: string) =>
  decimal(example)
    .refine(
      (text) => {
        const rate = parseDecimal(text);
        return rate === null || (rate.scale <= 6 && rate.digits * 10n <= 10n ** BigInt(rate.scale));
      },
      mustBe(`a share from "0" to "0.1" with at most 6 decimals, such as "${example}" for 0.1 %`),
    )
    .describe("Share of what the side receives.");

const asset = section({
  code: matching(/^[A-Z0-9]{1,20}$/, "1 to 20 of A-Z and 0-9").describe("Such as BTC."),
  decimals: wholeNumber(0, 18).describe("Digits after the point of one whole unit."),
});

const market = section({
  symbol: matching(/^[A-Z0-9]{1,20}$/, "1 to 20 of A-Z and 0-9").describe("Such as BTCUSDT."),
  base: z.string(mustBe("the code of one of the assets")).describe("Asset that is traded."),
  quote: z.string(mustBe("the code of one of the assets")).describe("Asset that prices are in."),
  tickSize: positiveDecimal("0.01").describe("Step of prices, in the quote asset."),
  lotSize: positiveDecimal("0.00001").describe("Step of quantities, in the base asset."),
  minPrice: positiveDecimal("0.01"),
  maxPrice: positiveDecimal("1000000"),
  minQuantity: positiveDecimal("0.00001"),
  maxQuantity: positiveDecimal("9000"),
  maxMarketQuantity: positiveDecimal("100")
    .optional()
    .describe("Largest market order; maxQuantity where it is left out."),
  minNotional: decimal("5").describe("Smallest price x quantity, in the quote asset."),
  makerFee: feeRate("0.001"),
  takerFee: feeRate("0.001"),
  maxOpenOrders: wholeNumber(1, 10_000)
    .default(200)
    .describe("Open orders of one account in this market at once."),
});

const region = section({
  name: matching(
    /^[a-z][a-z0-9-]{0,15}$/,
    "1 to 16 of a-z, 0-9 and -, beginning with a letter",
  ).describe("Such as eu. Nodes are named after it: eu-1, eu-2."),
  nodes: wholeNumber(1, 16).default(1).describe("Node processes in this region."),
});

const zone = section({
  name: matching(/^[a-z][a-z0-9]{0,7}$/, "1 to 8 of a-z and 0-9, beginning with a letter").describe(
    "Such as a. Its nodes are a-1 and a-2.",
  ),
  region: matching(
    /^[a-z][a-z0-9-]{0,15}$/,
    "1 to 16 of a-z, 0-9 and -, beginning with a letter",
  ).describe("Such as eu. Several zones may stand in one region."),
  address: matching(/^\d{1,3}(\.\d{1,3}){3}$/, "an IPv4 address such as 10.73.0.11").describe(
    "Where its processes listen, for clients and for the other zones.",
  ),
  nodes: wholeNumber(1, 16).default(2).describe("Node processes in this zone."),
});

const file = () => z.string(mustBe("the path of a file")).min(1, mustBe("the path of a file"));

const cluster = section({
  name: matching(/^[a-z][a-z0-9]{0,7}$/, "1 to 8 of a-z and 0-9, beginning with a letter")
    .default("halcyon")
    .describe("Names the network on one machine, and the token of etcd's members."),
  prefix: matching(/^(\/[A-Za-z0-9._-]+)+$/, "a path such as /halcyon")
    .default("/halcyon")
    .describe("Where in etcd the log is."),
  basePort: wholeNumber(1_024, 60_000)
    .default(7_000)
    .describe("Processes of a zone take this port and those after it."),
  appendBeatMs: wholeNumber(0, 1_000)
    .default(5)
    .describe(
      "A busy node appends at multiples of this by the time of day, so that orders share batches and batches of several nodes come together. Orders wait half of it on average. 0: at once.",
    ),
  spareNodeWeight: wholeNumber(0, 100)
    .default(100)
    .describe(
      "Share of a zone's traffic for its nodes after the first, which has 100. With 1 they are spares: each node that is busy makes batches of its own, which costs where zones share processors. A spare steps in within a second. 0: nothing until then.",
    ),
  etcd: byDefault(
    section({
      program: z.string().default("etcd").describe("The executable."),
      processors: wholeNumber(1, 1_024)
        .optional()
        .describe("How many a member may use at once. Left out: all there are."),
      clientPort: wholeNumber(1, 65_535).default(2_379),
      peerPort: wholeNumber(1, 65_535).default(2_380),
      heartbeatMs: wholeNumber(10, 10_000)
        .default(100)
        .describe("About the round-trip time between zones, and no less."),
      electionMs: wholeNumber(100, 60_000)
        .default(500)
        .describe("At least 10 times the round-trip time: a dead leader is replaced after it."),
      quotaMib: wholeNumber(64, 65_536)
        .default(8_192)
        .describe("Size of its database beyond which it takes nothing more."),
      tls: section({ caFile: file(), certificateFile: file(), keyFile: file() })
        .optional()
        .describe("PEM files of this host, for members and for clients alike. Left out: no TLS."),
    }),
  ),
  haproxy: byDefault(
    section({
      program: z.string().default("haproxy").describe("The executable."),
      certificateFile: file()
        .optional()
        .describe("Certificate and key in one PEM file. Left out: clients speak plain HTTP."),
      connectionsPerAddress: wholeNumber(1, 1_000_000)
        .default(2_000)
        .describe("Open connections of one client address, and new ones in ten seconds."),
      requestsPerNode: wholeNumber(1, 10_000)
        .default(64)
        .describe(
          "Requests at one node at once; further ones wait at the edge, where cancels overtake them. Its requests a second, times the seconds that one takes.",
        ),
    }),
  ),
});

const limits = section({
  requestWeightPerMinute: wholeNumber(1, 1_000_000_000)
    .default(120_000)
    .describe("Weight of all requests of one client address."),
  requestsPer5Minutes: wholeNumber(1, 1_000_000_000)
    .default(600_000)
    .describe("Requests of one client address, whatever their weight."),
  ordersPer10Seconds: wholeNumber(1, 1_000_000_000).default(10_000).describe("Of one account."),
  ordersPerDay: wholeNumber(1, 1_000_000_000).default(20_000_000).describe("Of one account."),
  bodyBytes: wholeNumber(1_024, 1_048_576).default(65_536).describe("Largest request body."),
  bodyTimeoutMs: wholeNumber(100, 600_000)
    .default(10_000)
    .describe("Longest time a client may take to send a request's body."),
  connections: wholeNumber(1, 1_000_000)
    .default(10_000)
    .describe("Client connections open at once, at the edge and at each node."),
});

export const venueConfigSchema = section({
  data: z
    .string(mustBe("the path of a folder"))
    .min(1, mustBe("the path of a folder"))
    .default("../data")
    .describe("Folder of log, snapshots, secrets; relative to this file."),
  topology: z
    .enum(["demo", "production"], mustBe("demo or production"))
    .optional()
    .describe(
      "demo: made-up regions on one machine; demo traders run nowhere else. " +
        "Left out: production where regions are named, else demo.",
    ),
  demo: onOff()
    .optional()
    .describe("Run demo traders. Left out: only at the first start of a demo topology."),
  edge: byDefault(
    section({
      host: z
        .string(mustBe("an address such as 127.0.0.1"))
        .min(1, mustBe("an address such as 127.0.0.1"))
        .default("127.0.0.1")
        .describe("Address that clients reach. 0.0.0.0 opens it to the network."),
      port: wholeNumber(0, 65_535).default(8_080).describe("0 takes any free port."),
    }),
  ),
  regions: list(region)
    .min(1, mustBe("a list of at least one region"))
    .optional()
    .describe("Left out: the demo regions eu, us and ap with one node each."),
  zones: list(zone)
    .min(3, mustBe("a list of at least three zones"))
    .optional()
    .describe("A cluster: each zone with its own etcd, nodes and HAProxy. In place of regions."),
  cluster: byDefault(cluster).describe("What all zones of a cluster share."),
  internalPorts: section({
    base: wholeNumber(1_024, 65_000).describe("Processes take this port and those after it."),
  })
    .optional()
    .describe("Loopback ports between the processes. Left out: any free ones."),
  log: byDefault(
    section({
      kind: z.enum(["lmdb"], mustBe("lmdb")).default("lmdb"),
      sizeMaxMib: wholeNumber(64, 16_777_216)
        .default(16_384)
        .describe(
          "Disk that its entries may take; beyond it, orders are refused until it is trimmed.",
        ),
    }),
  ),
  snapshots: byDefault(
    section({
      everySeconds: wholeNumber(1, 86_400).default(60),
      everyPositions: wholeNumber(1, 1_000_000_000).default(10_000),
      keep: wholeNumber(2, 1_000).default(3).describe("Snapshots kept; older ones are removed."),
      marginPositions: wholeNumber(0, 1_000_000_000_000)
        .default(1_000)
        .describe("Positions that stay in the log behind the oldest snapshot that is kept."),
    }),
  ),
  limits: byDefault(limits),
  highValueNotional: wholeNumber(0, 1_000_000_000_000)
    .default(100_000)
    .describe("Orders worth at least this much of the quote asset go ahead of others; 0: none."),
  assets: list(asset).default([]).describe("Made at the first start."),
  markets: list(market).default([]).describe("Made at the first start."),
});

type ParsedConfig = z.output<typeof venueConfigSchema>;
export type VenueConfig = Omit<ParsedConfig, "topology" | "regions"> & {
  readonly topology: "demo" | "production";
  readonly regions: readonly RegionConfig[];
};
export type ZoneConfig = z.output<typeof zone>;
export type ClusterConfig = z.output<typeof cluster>;
export type RegionConfig = z.output<typeof region>;
export type MarketConfig = VenueConfig["markets"][number];
export type AssetConfig = VenueConfig["assets"][number];
export type LimitsConfig = VenueConfig["limits"];

const demoRegions: readonly RegionConfig[] = ["eu", "us", "ap"].map((name) => ({ name, nodes: 1 }));

/** Regions that somebody names are taken for real ones, unless the file says otherwise. */
export function withRegions(parsed: ParsedConfig): VenueConfig {
  const isNamed = parsed.regions !== undefined || parsed.zones !== undefined;
  const topology = parsed.topology ?? (isNamed ? "production" : "demo");
  const regions = parsed.regions ?? regionsOf(parsed.zones ?? []) ?? demoRegions;
  return { ...parsed, topology, regions };
}

function regionsOf(zones: readonly ZoneConfig[]): readonly RegionConfig[] | null {
  const nodes = new Map<string, number>();
  for (const { region: name, nodes: count } of zones)
    nodes.set(name, (nodes.get(name) ?? 0) + count);
  return zones.length === 0 ? null : [...nodes].map(([name, count]) => ({ name, nodes: count }));
}

/** The published JSON Schema, for editors: what a file may hold, before defaults are filled in. */
export function venueConfigJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(venueConfigSchema, { io: "input" });
  return { $schema, title: "Halcyon venue", ...schema };
}
