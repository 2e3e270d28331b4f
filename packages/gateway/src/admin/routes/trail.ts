import { z } from "zod";
import { askPeer } from "../../nodes/ask-peer.ts";
import type { AuditEntry } from "../audit-trail.ts";
import { wholeNumber } from "../page.ts";
import { defineRoute, ok } from "../route.ts";

const entry = z
  .strictObject({
    time: z.iso.datetime(),
    node: z.string(),
    by: z.string(),
    address: z.string(),
    route: z.string(),
    target: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    outcome: z.string(),
    status: z.int(),
    position: z.nullable(z.int()),
    requestId: z.string(),
  })
  .meta({ id: "AuditEntry", description: "A change that somebody asked for, and how it ended." });
const page = z
  .strictObject({ entries: z.array(entry), silent: z.array(z.string()) })
  .meta({ id: "TrailPage", description: "The latest first, and which nodes did not answer." });

function bodyOf({ timeMs, ...rest }: AuditEntry): z.output<typeof entry> {
  return { time: new Date(timeMs).toISOString(), ...rest };
}

const listTrail = defineRoute({
  verb: "GET",
  path: "/trail",
  operationId: "listTrail",
  tag: "Trail",
  summary: "Show who changed what",
  description:
    'Each node remembers its latest 1,000 since its start; its log file (`"audit":true`) has them all. `of=node` asks the one node only.',
  query: z.strictObject({
    limit: wholeNumber(1, 1000).default(100),
    of: z.enum(["venue", "node"]).default("venue"),
  }),
  success: { status: 200, description: "The latest changes.", schema: page },
  async handle(context, call, { query: { limit, of } }) {
    const own = context.audit.latest(limit).map(bodyOf);
    if (of === "node") return ok({ entries: own, silent: [] });
    const others = context.node.peers.filter(({ name }) => name !== context.replica.nodeName);
    const pages = await Promise.all(
      others.map(async (peer) => {
        const answer = await askPeer(peer, call, "GET", `/trail?of=node&limit=${limit}`);
        const read = page.safeParse(answer?.body);
        return read.success ? read.data.entries : peer.name;
      }),
    );
    const entries = [...own, ...pages.flatMap((one) => (typeof one === "string" ? [] : one))];
    entries.sort((a, b) => b.time.localeCompare(a.time));
    const silent = pages.filter((one) => typeof one === "string");
    return ok({ entries: entries.slice(0, limit), silent });
  },
});

export const trailRoutes = [listTrail];
