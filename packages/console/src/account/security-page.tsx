import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Confirmed } from "../design/confirmed.tsx";
import { Field } from "../design/field.tsx";
import { notify } from "../design/notices.tsx";
import { Facts } from "../design/page.tsx";
import { Empty, Panel } from "../design/panel.tsx";
import { Table } from "../design/table.tsx";
import { useFormat } from "../settings/format.ts";
import { accountTexts } from "../texts/account-texts.ts";
import { texts } from "../texts/texts.ts";
import { VenueError } from "../venue/http.ts";
import { session } from "../venue/session.ts";
import { useStore } from "../venue/store.ts";
import { changePassword, endSession, fetchSessions } from "./people-api.ts";
import { SecondFactor } from "./second-factor.tsx";

const words = accountTexts.account;

export function SecurityPage() {
  const state = useStore(session);
  if (state.phase !== "signed-in") return null;
  const { person } = state.session;
  return (
    <>
      <Panel title={words.who} label={words.who}>
        <Facts
          rows={[
            [words.name, person.name],
            [words.role, words.roles[person.role]],
            [words.number, person.account ?? "–"],
          ]}
        />
      </Panel>
      <SecondFactor hasFactor={person.hasSecondFactor} />
      <PasswordForm />
      <Sessions />
    </>
  );
}

const LENGTH_MIN = 12;

function PasswordForm() {
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const isTyped = next.length >= LENGTH_MIN && next === again;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      await changePassword(next);
      setNext("");
      setAgain("");
      notify("good", words.passwordChanged, words.othersEnded);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      setProblem(error.message);
    }
  };
  return (
    <Panel title={words.password} label={words.password}>
      <form className="form inside" onSubmit={(event) => void submit(event)}>
        <Field
          label={words.newPassword}
          hint={words.passwordHint}
          problem={problem}
          type="password"
          autoComplete="new-password"
          minLength={LENGTH_MIN}
          maxLength={128}
          required
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
        <Field
          label={words.passwordAgain}
          problem={again !== "" && again !== next ? words.passwordDiffers : null}
          type="password"
          autoComplete="new-password"
          required
          value={again}
          onChange={(event) => setAgain(event.target.value)}
        />
        <div className="actions">
          <button type="submit" className="button" disabled={!isTyped}>
            {words.changePassword}
          </button>
        </div>
      </form>
    </Panel>
  );
}

function Sessions() {
  const format = useFormat();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ["sessions"],
    queryFn: fetchSessions,
    refetchInterval: 15_000,
  });
  const { sessions: columns } = words.columns;
  return (
    <Panel title={words.sessions} label={words.sessions}>
      {data === undefined ? (
        <Empty>{texts.loading}</Empty>
      ) : (
        <Table
          label={words.sessions}
          columns={[columns.opened, columns.address, columns.browser, columns.until, ""].map(
            (name) => ({ name }),
          )}
        >
          {data.map((one) => (
            <tr key={one.id}>
              <td className="dim">{format.dateTime(one.createdAtMs)}</td>
              <td>{one.address}</td>
              <td className="wide">{one.userAgent}</td>
              <td className="dim">{format.dateTime(one.expiresAtMs)}</td>
              <td className="row-actions">
                {one.isCurrent ? (
                  <span className="dim">{words.thisOne}</span>
                ) : (
                  <Confirmed
                    label={words.end}
                    name={words.endOf(one.address)}
                    title={words.endTitle}
                    what={words.endWhat(one.address)}
                    act={async () => {
                      await endSession(one.id);
                      await queries.invalidateQueries({ queryKey: ["sessions"] });
                    }}
                  />
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
