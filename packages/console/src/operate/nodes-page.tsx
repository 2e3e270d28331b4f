import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Confirmed } from "../design/confirmed.tsx";
import { Empty, Panel } from "../design/panel.tsx";
import { Table } from "../design/table.tsx";
import { type Format, useFormat } from "../settings/format.ts";
import { operateTexts } from "../texts/operate-texts.ts";
import { texts } from "../texts/texts.ts";
import { fetchNodes, isLive, type LiveNode, steer, type VenueNode } from "./admin-api.ts";
import { Rates } from "./rates.ts";
import { State, type Tone } from "./state.tsx";

const words = operateTexts.nodes;
const LOOK_EVERY_MS = 2_000;

/** Every node of every region, as it is now. */
export function NodesPage() {
  const [rates] = useState(() => new Rates());
  const { data, error } = useQuery({
    queryKey: ["nodes"],
    queryFn: async () => {
      const { nodes } = await fetchNodes();
      rates.look(nodes.filter(isLive), performance.now());
      return nodes;
    },
    refetchInterval: LOOK_EVERY_MS,
  });
  if (data === undefined) return <Empty>{error === null ? texts.loading : error.message}</Empty>;
  return (
    <>
      <Summary nodes={data} isStale={error !== null} />
      <Panel title={words.nodes} label={words.nodes}>
        <NodeTable nodes={data} rates={rates} />
      </Panel>
    </>
  );
}

function Summary({ nodes, isStale }: { nodes: readonly VenueNode[]; isStale: boolean }) {
  const live = nodes.filter(isLive);
  const ready = live.filter(({ state }) => state === "ready").length;
  const isDivided = live.some(({ peersDisagreeing }) => peersDisagreeing > 0);
  const isWhole = ready === nodes.length;
  return (
    <Panel title={words.title} label={words.title}>
      <p className="summary" role="status">
        <State tone={isDivided ? "bad" : isWhole && !isStale ? "good" : "warn"}>
          {isStale
            ? words.stale
            : isDivided
              ? words.divided
              : words.ready(ready, nodes.length, regionsOf(nodes))}
        </State>
      </p>
    </Panel>
  );
}

function regionsOf(nodes: readonly VenueNode[]): number {
  return new Set(nodes.map(({ region }) => region)).size;
}

function NodeTable(props: { readonly nodes: readonly VenueNode[]; readonly rates: Rates }) {
  const { columns } = words;
  return (
    <Table
      label={words.nodes}
      columns={[
        { name: columns.region },
        { name: columns.node },
        { name: columns.state },
        { name: columns.position, isNumber: true },
        { name: columns.lag, isNumber: true },
        { name: columns.agree },
        { name: columns.requests, isNumber: true },
        { name: columns.commands, isNumber: true },
        { name: columns.latency, isNumber: true },
        { name: columns.load, isNumber: true },
        { name: columns.version },
        { name: "" },
      ]}
    >
      {props.nodes.map((node) =>
        isLive(node) ? (
          <LiveRow key={node.name} node={node} rate={props.rates.of(node.name)} />
        ) : (
          <tr key={node.name}>
            <td className="dim">{node.region}</td>
            <td>{node.name}</td>
            <td>
              <State tone="bad">{words.silent}</State>
            </td>
            <td colSpan={9} className="dim">
              {node.reasons.join(" ")}
            </td>
          </tr>
        ),
      )}
    </Table>
  );
}

function LiveRow({ node, rate }: { readonly node: LiveNode; readonly rate: number | null }) {
  const format = useFormat();
  const queries = useQueryClient();
  const act = node.state === "draining" ? "undrain" : "drain";
  const agreed = node.peersAgreeing + node.peersDisagreeing;
  return (
    <tr>
      <td className="dim">{node.region}</td>
      <td>{node.name}</td>
      <td title={node.reasons.join(" ")}>
        <State tone={toneOf(node)}>{node.state}</State>
      </td>
      <td className="number">{format.decimal(String(node.position))}</td>
      <td className="number">{milliseconds(format, node.lagMs)}</td>
      <td title={node.stateHash}>
        {node.peersDisagreeing > 0
          ? words.disagrees(node.peersDisagreeing)
          : agreed === 0
            ? words.notCompared
            : words.agrees(node.peersAgreeing)}
      </td>
      <td className="number">{format.decimal(node.requestsPerSecond.toFixed(1))}</td>
      <td className="number">{rate === null ? "–" : format.decimal(rate.toFixed(1))}</td>
      <td className="number">
        {node.latencyMs === null
          ? "–"
          : `${milliseconds(format, node.latencyMs.p50)} / ${milliseconds(format, node.latencyMs.p99)}`}
      </td>
      <td className="number">{format.decimal((node.load * 100).toFixed(0))} %</td>
      <td className="dim">{node.version}</td>
      <td className="row-actions">
        <Confirmed
          label={words.acts[act]}
          name={words.actOn(words.acts[act], node.name)}
          title={words.actOn(words.acts[act], node.name)}
          what={words.what[act]}
          command={`npx halcyon ${act} ${node.name}`}
          act={async () => {
            await steer(node.name, act);
            await queries.invalidateQueries({ queryKey: ["nodes"] });
          }}
        />
      </td>
    </tr>
  );
}

function toneOf({ state, peersDisagreeing }: LiveNode): Tone {
  if (peersDisagreeing > 0) return "bad";
  return state === "ready" ? "good" : "warn";
}

function milliseconds(format: Format, value: number): string {
  const places = value < 10 ? 1 : 0;
  return `${format.decimal(Math.max(0, value).toFixed(places))} ms`;
}
