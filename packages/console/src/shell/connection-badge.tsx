import { spanText, useNowMs } from "../design/age.tsx";
import { texts } from "../texts/texts.ts";
import { marketStream } from "../venue/connection.ts";
import { servingNode } from "../venue/http.ts";
import type { StreamState } from "../venue/market-stream.ts";
import { useStore } from "../venue/store.ts";
import { useMoveNotices } from "./move-notices.ts";

/** Longer than the connection is left unasked. */
const SILENT_MS = 4_000;

/** Whether market data flows, from which node, and if not for how long. */
export function ConnectionBadge() {
  const stream = useStore(marketStream.state);
  const node = useStore(servingNode);
  const now = useNowMs();
  useMoveNotices();
  const { state, text } = judge(stream, node, Math.max(0, now - stream.heardAtMs));
  return (
    <span
      className="connection"
      data-state={state}
      title={texts.connection.explained}
      role="status"
      aria-label={texts.connection.label}
    >
      <span className="mark" aria-hidden="true" />
      {text}
    </span>
  );
}

function judge({ phase, connections }: StreamState, node: string | null, silentMs: number) {
  const { connection } = texts;
  if (phase === "open" && silentMs <= SILENT_MS) {
    return { state: "live", text: connection.live(node) } as const;
  }
  if (phase === "open") return { state: "silent", text: connection.silent(spanText(silentMs)) };
  if (connections === 0) return { state: "connecting", text: connection.connecting } as const;
  return { state: "lost", text: connection.lost(spanText(silentMs)) } as const;
}
