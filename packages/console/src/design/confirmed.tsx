import { type ReactNode, useState } from "react";
import { texts } from "../texts/texts.ts";
import { Modal } from "./modal.tsx";
import { tellRefused } from "./tell-refused.ts";

/** A button whose act says what it will do, and asks once. */
export function Confirmed(props: {
  readonly label: string;
  /** For screen readers, where the label alone does not say of what. */
  readonly name?: string;
  readonly title: string;
  readonly what: ReactNode;
  /** The same by the command line. */
  readonly command?: string;
  readonly act: () => Promise<unknown>;
  readonly isSmall?: boolean;
  readonly isDisabled?: boolean;
}) {
  const { label, name, title, what, command, act, isSmall = true, isDisabled = false } = props;
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  const confirm = async () => {
    close();
    try {
      await act();
    } catch (error) {
      tellRefused(error, texts.act.refused);
    }
  };
  return (
    <>
      <button
        type="button"
        className={isSmall ? "button small" : "button"}
        aria-label={name}
        disabled={isDisabled}
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      <Modal isOpen={isOpen} onClose={close} title={title}>
        <div>{what}</div>
        {command !== undefined && (
          <p className="command">
            {texts.act.byCommand}
            <code className="secret">{command}</code>
          </p>
        )}
        <div className="actions">
          <button type="button" className="button" onClick={close}>
            {texts.act.back}
          </button>
          <button type="button" className="button primary" onClick={() => void confirm()}>
            {label}
          </button>
        </div>
      </Modal>
    </>
  );
}
