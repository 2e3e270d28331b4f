import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Confirmed } from "../design/confirmed.tsx";
import { Modal } from "../design/modal.tsx";
import { Empty, Panel } from "../design/panel.tsx";
import { Secret } from "../design/secret.tsx";
import { Table } from "../design/table.tsx";
import { useFormat } from "../settings/format.ts";
import { accountTexts } from "../texts/account-texts.ts";
import { texts } from "../texts/texts.ts";
import { NewKeyForm } from "./new-key-form.tsx";
import { type ApiKey, fetchKeys, revokeKey } from "./people-api.ts";

const words = accountTexts.keys;

export function KeysPage() {
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: ["keys"], queryFn: fetchKeys, refetchInterval: 15_000 });
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<(ApiKey & { readonly secret?: string }) | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: ["keys"] });
  const done = (key: ApiKey & { readonly secret?: string }) => {
    setMaking(false);
    setMade(key);
    void refresh();
  };
  return (
    <>
      <Panel
        title={words.title}
        label={words.title}
        end={
          <button type="button" className="button small" onClick={() => setMaking(true)}>
            {words.make}
          </button>
        }
      >
        {data === undefined ? (
          <Empty>{texts.loading}</Empty>
        ) : data.length === 0 ? (
          <Empty>{words.none}</Empty>
        ) : (
          <KeyTable keys={data} onRevoked={refresh} />
        )}
      </Panel>
      <Modal isOpen={isMaking} onClose={() => setMaking(false)} title={words.make}>
        <NewKeyForm onDone={done} onBack={() => setMaking(false)} />
      </Modal>
      <Modal isOpen={made !== null} onClose={() => setMade(null)} title={words.madeTitle}>
        {made !== null && (
          <div className="form">
            <Secret label={words.name} text={made.name} />
            {made.secret !== undefined && (
              <>
                <Secret label={words.secret} text={made.secret} />
                <p className="warn">{words.once}</p>
              </>
            )}
            <div className="actions">
              <button type="button" className="button primary" onClick={() => setMade(null)}>
                {words.kept}
              </button>
            </div>
          </div>
        )}
      </Modal>
    </>
  );
}

function KeyTable(props: {
  readonly keys: readonly ApiKey[];
  readonly onRevoked: () => Promise<unknown>;
}) {
  const format = useFormat();
  const { columns } = words;
  const names = [columns.label, columns.key, columns.kind, columns.may, columns.from, columns.made];
  return (
    <Table label={words.title} columns={[...names, ""].map((name) => ({ name }))}>
      {props.keys.map((key) => {
        const short = `${key.name.slice(0, 8)}…`;
        return (
          <tr key={key.name}>
            <td>{key.label}</td>
            <td title={key.name}>{short}</td>
            <td>{words.kinds[key.kind]}</td>
            <td>{key.permissions.map((one) => words.permissions[one]).join(", ")}</td>
            <td>{key.allowedAddresses.join(", ") || words.anywhere}</td>
            <td className="dim">{format.date(Date.parse(key.createdAt))}</td>
            <td className="row-actions">
              <Confirmed
                label={words.revoke}
                name={words.revokeOf(key.label || short)}
                title={words.revokeOf(key.label || short)}
                what={words.revokeWhat}
                act={async () => {
                  await revokeKey(key.name);
                  await props.onRevoked();
                }}
              />
            </td>
          </tr>
        );
      })}
    </Table>
  );
}
