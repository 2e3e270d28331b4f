import { useEffect } from "react";
import { spanText } from "../design/age.tsx";
import { notify } from "../design/notices.tsx";
import { texts } from "../texts/texts.ts";
import { marketStream } from "../venue/connection.ts";
import { servingNode } from "../venue/http.ts";

/** So long after the streams are back the first answers name the node. */
const SETTLE_MS = 600;

/** Says when the connection was made anew, and when another region answers than before. */
export function useMoveNotices(): void {
  useEffect(() => {
    const stopStream = tellOfConnections();
    const stopNode = tellOfRegions();
    return () => {
      stopStream();
      stopNode();
    };
  }, []);
}

function tellOfConnections(): () => void {
  let { connections, heardAtMs } = marketStream.state.get();
  return marketStream.state.subscribe(() => {
    const now = marketStream.state.get();
    if (now.connections > connections && connections > 0) {
      const gap = spanText(now.heardAtMs - heardAtMs);
      setTimeout(() => {
        const more = texts.connection.againMore(servingNode.get(), gap);
        notify("plain", texts.connection.again, more);
      }, SETTLE_MS);
    }
    ({ connections, heardAtMs } = now);
  });
}

function tellOfRegions(): () => void {
  let region = regionOf(servingNode.get());
  return servingNode.subscribe(() => {
    const now = regionOf(servingNode.get());
    if (region !== null && now !== null && now !== region) {
      notify("plain", texts.connection.moved(now), texts.connection.movedMore);
    }
    region = now ?? region;
  });
}

/** Nodes are named by their region and a number. */
function regionOf(node: string | null): string | null {
  return node?.replace(/-\d+$/, "") ?? null;
}
