import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Confirmed } from "../design/confirmed.tsx";
import { Modal } from "../design/modal.tsx";
import { Empty, Panel } from "../design/panel.tsx";
import { Secret } from "../design/secret.tsx";
import { Table } from "../design/table.tsx";
import { operateTexts } from "../texts/operate-texts.ts";
import { texts } from "../texts/texts.ts";
import { endSessions, fetchPeople, type Person, removePerson, resetPassword } from "./admin-api.ts";
import { NewPersonForm } from "./new-person-form.tsx";

const words = operateTexts.people;

/** Who can sign in, and as what. */
export function PeoplePage() {
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ["people"],
    queryFn: fetchPeople,
    refetchInterval: 10_000,
  });
  const [isAdding, setAdding] = useState(false);
  const [password, setPassword] = useState<string | null>(null);
  const refresh = () => queries.invalidateQueries({ queryKey: ["people"] });
  const show = (made: string) => {
    setAdding(false);
    setPassword(made);
    void refresh();
  };
  return (
    <>
      <Panel
        title={words.title}
        label={words.title}
        end={
          <button type="button" className="button small" onClick={() => setAdding(true)}>
            {words.add}
          </button>
        }
      >
        {data === undefined ? (
          <Empty>{texts.loading}</Empty>
        ) : (
          <PersonTable people={data} onPassword={show} onChange={refresh} />
        )}
      </Panel>
      <Modal isOpen={isAdding} onClose={() => setAdding(false)} title={words.add}>
        <NewPersonForm onDone={show} onBack={() => setAdding(false)} />
      </Modal>
      <Modal isOpen={password !== null} onClose={() => setPassword(null)} title={words.password}>
        <div className="form">
          <Secret label={words.password} text={password ?? ""} />
          <p className="warn">{words.once}</p>
          <div className="actions">
            <button type="button" className="button primary" onClick={() => setPassword(null)}>
              {words.kept}
            </button>
          </div>
        </div>
      </Modal>
    </>
  );
}

function PersonTable(props: {
  readonly people: readonly Person[];
  readonly onPassword: (password: string) => void;
  readonly onChange: () => Promise<unknown>;
}) {
  const { columns } = words;
  return (
    <Table
      label={words.title}
      columns={[
        { name: columns.name },
        { name: columns.role },
        { name: columns.account, isNumber: true },
        { name: columns.factor, isOptional: true },
        { name: columns.sessions, isNumber: true, isOptional: true },
        { name: "" },
      ]}
    >
      {props.people.map((person) => (
        <tr key={person.name}>
          <td>{person.name}</td>
          <td>{words.roles[person.role]}</td>
          <td className="number">{person.account ?? "–"}</td>
          <td className="optional">{person.hasSecondFactor ? words.yes : words.no}</td>
          <td className="number optional">{person.openSessions}</td>
          <td className="row-actions">
            <PersonActs {...props} person={person} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function PersonActs(props: {
  readonly person: Person;
  readonly onPassword: (password: string) => void;
  readonly onChange: () => Promise<unknown>;
}) {
  const { name } = props.person;
  const act = (verb: keyof typeof words.acts, command: string, run: () => Promise<unknown>) => (
    <Confirmed
      label={words.acts[verb]}
      name={words.actOn(words.acts[verb], name)}
      title={words.actOn(words.acts[verb], name)}
      what={words.what[verb]}
      command={`npx halcyon person ${command} ${name}`}
      act={async () => {
        await run();
        await props.onChange();
      }}
    />
  );
  return (
    <span className="acts">
      {act("password", "password", async () =>
        props.onPassword((await resetPassword(name)).password),
      )}
      {act("signOut", "sign-out", () => endSessions(name))}
      {act("remove", "remove", () => removePerson(name))}
    </span>
  );
}
