import { useState } from "react";
import { texts } from "../texts/texts.ts";

/** Text to be taken elsewhere, with a button that copies it. */
export function Secret({ label, text }: { readonly label: string; readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div className="field">
      <span className="label">{label}</span>
      <code className="secret" data-testid={label}>
        {text}
      </code>
      {/* Browsers lend it on pages that came by TLS, or from this machine. */}
      {(navigator.clipboard as Clipboard | undefined) !== undefined && (
        <div>
          <button type="button" className="button small" onClick={() => void copy()}>
            {isCopied ? texts.act.copied : texts.act.copy}
          </button>
        </div>
      )}
    </div>
  );
}
