import { useEffect } from "react";
import { Modal } from "../design/modal.tsx";
import { texts } from "../texts/texts.ts";
import { createStore, useStore } from "../venue/store.ts";
import { useDraft } from "./order/draft-context.tsx";

interface Shortcut {
  readonly keys: string;
  readonly text: string;
  readonly run: () => void;
}

const isListed = createStore(false);

/** Opens the list of shortcuts, for who does not know the key. */
export function ShortcutsButton() {
  return (
    <button
      type="button"
      className="button quiet small"
      aria-label={texts.shortcuts.open}
      title={texts.shortcuts.open}
      onClick={() => isListed.set(true)}
    >
      ?
    </button>
  );
}

/** Puts the keys at a place of the page; the first of these that is there. */
function focusOn(...names: readonly string[]): void {
  for (const name of names) {
    const element = document.querySelector<HTMLElement>(`[data-focus="${name}"]`);
    if (element === null) continue;
    element.focus();
    if (element instanceof HTMLInputElement) element.select();
    return;
  }
}

function click(name: string): void {
  document.querySelector<HTMLElement>(`[data-focus="${name}"]`)?.click();
}

/** Single letters, while nobody writes; `?` lists them. */
export function Shortcuts() {
  const { change } = useDraft();
  const isOpen = useStore(isListed);
  const close = () => isListed.set(false);
  const write = (side: "BUY" | "SELL") => () => {
    change({ side });
    // Its fields may be others for the other side.
    requestAnimationFrame(() => focusOn("price", "quantity", "total", "stopPrice"));
  };
  const words = texts.shortcuts;
  const shortcuts: readonly Shortcut[] = [
    { keys: "b", text: words.buy, run: write("BUY") },
    { keys: "s", text: words.sell, run: write("SELL") },
    { keys: "t", text: words.kind, run: () => focusOn("kind") },
    { keys: "l", text: words.ladder, run: () => focusOn("ladder") },
    { keys: "o", text: words.orders, run: () => focusOn("orders") },
    { keys: "x", text: words.cancelAll, run: () => click("cancel-all") },
    { keys: "m", text: words.markets, run: () => click("markets") },
    { keys: "c", text: words.candles, run: () => click("chart") },
    { keys: "Esc", text: words.leave, run: () => undefined },
    { keys: "?", text: words.help, run: () => isListed.set(true) },
  ];
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (isWriting(event.target)) {
        // The way out of a field, so that single letters mean something again.
        if (event.key === "Escape") (event.target as HTMLElement).blur();
        return;
      }
      const shortcut = shortcuts.find(({ keys }) => keys === event.key);
      if (shortcut === undefined || document.querySelector(".dialog") !== null) return;
      event.preventDefault();
      shortcut.run();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  });
  return (
    <Modal isOpen={isOpen} onClose={close} title={words.title}>
      <dl className="shortcuts">
        {shortcuts.map(({ keys, text }) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <div className="actions">
        <button type="button" className="button primary" onClick={close}>
          {texts.close}
        </button>
      </div>
    </Modal>
  );
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isText = target instanceof HTMLInputElement && !["range", "checkbox"].includes(target.type);
  return isText || target instanceof HTMLSelectElement || target.isContentEditable;
}
