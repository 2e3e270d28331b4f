import { type FormEvent, useState } from "react";
import { Confirmed } from "../design/confirmed.tsx";
import { Modal } from "../design/modal.tsx";
import { notify } from "../design/notices.tsx";
import { Panel } from "../design/panel.tsx";
import { Secret } from "../design/secret.tsx";
import { tellRefused } from "../design/tell-refused.ts";
import { accountTexts } from "../texts/account-texts.ts";
import { texts } from "../texts/texts.ts";
import { VenueError } from "../venue/http.ts";
import { lookAgain } from "../venue/session.ts";
import { CodeField } from "./code-field.tsx";
import { type FactorSetup, prepareFactor, removeFactor, setFactor } from "./people-api.ts";
import { QrCode } from "./qr-code.tsx";

const words = accountTexts.account;

/** Whether one-time codes are asked for, and how to change it. */
export function SecondFactor({ hasFactor }: { readonly hasFactor: boolean }) {
  const [setup, setSetup] = useState<FactorSetup | null>(null);
  const prepare = async () => {
    try {
      setSetup(await prepareFactor());
    } catch (error) {
      tellRefused(error, texts.act.refused);
    }
  };
  return (
    <Panel title={words.factor} label={words.factor}>
      <p className="prose">{hasFactor ? words.factorOn : words.factorOff}</p>
      <div className="row-of-buttons">
        <button type="button" className="button" onClick={() => void prepare()}>
          {hasFactor ? words.factorReplace : words.factorSet}
        </button>
        {hasFactor && (
          <Confirmed
            isSmall={false}
            label={words.factorRemove}
            title={words.factorRemove}
            what={words.factorRemoveWhat}
            act={async () => {
              await removeFactor();
              await lookAgain();
            }}
          />
        )}
      </div>
      <Modal isOpen={setup !== null} onClose={() => setSetup(null)} title={words.factorSet}>
        {setup !== null && <SetupForm setup={setup} onDone={() => setSetup(null)} />}
      </Modal>
    </Panel>
  );
}

function SetupForm(props: { readonly setup: FactorSetup; readonly onDone: () => void }) {
  const { setup, onDone } = props;
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      await setFactor(setup.setup, code);
      await lookAgain();
      onDone();
      notify("good", words.factorIsSet, words.othersEnded);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      setProblem(error.message);
      setCode("");
    }
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <p>{words.factorScan}</p>
      <QrCode text={setup.uri} label={words.factorQr} />
      <Secret label={words.factorSecret} text={setup.secret} />
      <CodeField code={code} onChange={setCode} problem={problem} />
      <div className="actions">
        <button type="button" className="button" onClick={onDone}>
          {texts.act.back}
        </button>
        <button type="submit" className="button primary">
          {words.factorConfirm}
        </button>
      </div>
    </form>
  );
}
