import { useQuery } from "@tanstack/react-query";
import { Empty, Panel } from "../design/panel.tsx";
import { Table } from "../design/table.tsx";
import { useFormat } from "../settings/format.ts";
import { operateTexts } from "../texts/operate-texts.ts";
import { texts } from "../texts/texts.ts";
import { fetchTrail } from "./admin-api.ts";

const words = operateTexts.trail;

/** Who changed what, the latest first. */
export function TrailPage() {
  const format = useFormat();
  const { data } = useQuery({ queryKey: ["trail"], queryFn: fetchTrail, refetchInterval: 5_000 });
  const { columns } = words;
  const names = [columns.time, columns.who, columns.what, columns.target, columns.outcome];
  return (
    <Panel title={words.title} label={words.title}>
      <p className="prose">{words.explained}</p>
      {(data?.silent.length ?? 0) > 0 && (
        <p className="prose warn">{words.silent((data?.silent ?? []).join(", "))}</p>
      )}
      {data === undefined || data.entries.length === 0 ? (
        <Empty>{data === undefined ? texts.loading : words.none}</Empty>
      ) : (
        <Table
          label={words.title}
          columns={[
            ...names.map((name) => ({ name })),
            { name: columns.position, isNumber: true },
            { name: columns.node, isOptional: true },
          ]}
        >
          {data.entries.map((entry) => (
            <tr key={`${entry.requestId}${entry.position}`}>
              <td className="dim">{format.dateTime(Date.parse(entry.time))}</td>
              <td title={entry.address}>{entry.by === "" ? entry.address : entry.by}</td>
              <td>{entry.route.replace("/admin/v1", "").replace("/people/v1", "")}</td>
              <td className="wrap">{targetText(entry.target)}</td>
              <td>{entry.outcome}</td>
              <td className="number dim">{entry.position ?? "–"}</td>
              <td className="dim optional">{entry.node}</td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

function targetText(target: Readonly<Record<string, unknown>>): string {
  return Object.entries(target)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
