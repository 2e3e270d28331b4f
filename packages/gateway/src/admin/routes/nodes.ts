import { z } from "zod";
import { askPeer } from "../../nodes/ask-peer.ts";
import type { Peer } from "../../nodes/node-control.ts";
import { type Problem, problem } from "../problem.ts";
import { type AdminAnswer, type AdminContext, type Call, defineRoute, ok } from "../route.ts";
import { example } from "../schemas.ts";

const tag = "Nodes";
const nodeName = example(
  z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  "Name of a node, as halcyon status shows it.",
  "eu-1",
);
const inPath = z.strictObject({ name: nodeName });
const place = { name: nodeName, region: z.string() };

const node = z
  .strictObject({
    ...place,
    version: z.string(),
    state: example(z.string(), "`ready`, or why it should get no traffic.", "ready"),
    reasons: z.array(z.string()),
    load: example(z.number(), "How busy its thread is, 0 to 1.", 0.2),
    startedAt: z.iso.datetime(),
    position: example(z.int(), "Of the log, up to which it has applied it.", 4711),
    lagMs: example(z.number(), "Its time less that of the newest batch it has applied.", 12),
    stateHash: z.string(),
    commandsApplied: z.int(),
    peersAgreeing: example(z.int(), "Peers with whose state's hash its own agrees.", 2),
    peersDisagreeing: z.int(),
    requestsPerSecond: z.number(),
    latencyMs: z.nullable(z.strictObject({ p50: z.number(), p99: z.number() })),
  })
  .meta({ id: "Node", description: "A node as it sees itself." });
const silentNode = z
  .strictObject({ ...place, state: z.literal("silent"), reasons: z.array(z.string()) })
  .meta({ id: "SilentNode", description: "A node that did not answer the one that was asked." });
const nodes = z
  .strictObject({
    askedBy: nodeName,
    nodes: z.array(z.union([node, silentNode])),
  })
  .meta({ id: "Nodes", description: "All nodes, as the one that was asked sees them." });
const steered = z
  .strictObject({ name: nodeName, state: z.string() })
  .meta({ id: "SteeredNode", description: "A node that takes traffic again, or takes none." });

function ownBody({ replica, region, version, node: own }: AdminContext): z.output<typeof node> {
  const { startedAtMs, reasons, ...status } = own.control.status();
  return {
    name: replica.nodeName,
    region,
    version,
    ...status,
    reasons: [...reasons],
    startedAt: new Date(startedAtMs).toISOString(),
    position: replica.position,
    ...own.traffic(),
  };
}

function peerNamed({ replica, region, node: own }: AdminContext, name: string) {
  if (name === replica.nodeName) return "self" as const;
  return own.peers.find((peer) => peer.name === name) ?? noNode(name, region);
}

function noNode(name: string, region: string): Problem {
  return problem(
    "not-found",
    `No node is named ${name}. GET /admin/v1/nodes lists them; this one is in ${region}.`,
  );
}

async function bodyOf(context: AdminContext, call: Call, peer: Peer) {
  if (peer.name === context.replica.nodeName) return ownBody(context);
  const answer = await askPeer(peer, call, "GET", `/nodes/${peer.name}`);
  const read = node.safeParse(answer?.body);
  if (answer?.status === 200 && read.success) return read.data;
  const { name, region } = peer;
  const why =
    answer === null
      ? "It does not answer: dead, cut off, or starting."
      : `It answered ${answer.status}.`;
  return { name, region, state: "silent" as const, reasons: [why] };
}

const listNodes = defineRoute({
  verb: "GET",
  path: "/nodes",
  operationId: "listNodes",
  tag,
  summary: "Show how all nodes are",
  description:
    "Each is asked now, in your name; one that does not answer in two seconds is silent.",
  success: { status: 200, description: "The nodes.", schema: nodes },
  async handle(context, call) {
    const all = await Promise.all(context.node.peers.map((peer) => bodyOf(context, call, peer)));
    return ok({ askedBy: context.replica.nodeName, nodes: all });
  },
});

const getNode = defineRoute({
  verb: "GET",
  path: "/nodes/{name}",
  operationId: "getNode",
  tag,
  summary: "Show how a node is",
  description: "As it sees itself.",
  pathParameters: inPath,
  success: { status: 200, description: "The node.", schema: z.union([node, silentNode]) },
  problems: ["not-found"],
  async handle(context, call, { path: { name } }) {
    const peer = peerNamed(context, name);
    if (peer === "self") return ok(ownBody(context));
    return "kind" in peer ? peer : ok(await bodyOf(context, call, peer));
  },
});

function steering(act: "drain" | "undrain", summary: string, description: string) {
  return defineRoute({
    verb: "POST",
    path: `/nodes/{name}/${act}`,
    operationId: `${act}Node`,
    tag,
    summary,
    description,
    pathParameters: inPath,
    success: { status: 200, description: "The node.", schema: steered },
    problems: ["not-found", "node-silent"],
    async handle(context, call, { path: { name } }): Promise<AdminAnswer> {
      const peer = peerNamed(context, name);
      if (peer !== "self") return "kind" in peer ? peer : steerPeer(context, call, peer, act);
      context.node.control[act]();
      context.trail(call, { node: name, act }, "done", 200, null);
      return ok({ name, state: context.node.control.status().state });
    },
  });
}

async function steerPeer(
  _context: AdminContext,
  call: Call,
  peer: Peer,
  act: "drain" | "undrain",
): Promise<AdminAnswer> {
  const answer = await askPeer(peer, call, "POST", `/nodes/${peer.name}/${act}`);
  if (answer?.status === 200) return ok(answer.body);
  return problem(
    "node-silent",
    `${peer.name} ${answer === null ? "does not answer" : `answered ${answer.status}`}: nothing was changed. On its machine: npx halcyon ${act} ${peer.name}.`,
  );
}

export const nodeRoutes = [
  listNodes,
  getNode,
  steering(
    "drain",
    "Let a node's traffic go elsewhere",
    "It answers what it has, warns its WebSockets and closes them, and gets nothing new. Until it is undrained or starts again.",
  ),
  steering("undrain", "Give a node traffic again", "Edges find out with their next probe."),
];
