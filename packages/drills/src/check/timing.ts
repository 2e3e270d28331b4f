import type { Operation } from "../load/operation.ts";

/** A request that was sent to one endpoint and took longer than this ran into something. */
const troubledAfterMs = 150;
/** Trouble that begins again after so long a pause is another trouble. */
const pauseMs = 300;

/** The longest time without an acknowledgement between two moments, which count as its ends. */
export function longestGapMs(
  operations: readonly Operation[],
  fromUs: number,
  toUs: number,
): number {
  const moments = operations
    .filter(
      ({ result, answeredAtUs }) =>
        result === "done" && answeredAtUs >= fromUs && answeredAtUs <= toUs,
    )
    .map(({ answeredAtUs }) => answeredAtUs)
    .sort((a, b) => a - b);
  let longest = 0;
  let last = fromUs;
  for (const moment of [...moments, toUs]) {
    longest = Math.max(longest, moment - last);
    last = moment;
  }
  return longest / 1_000;
}

/**
 * How long new requests still ran into the dead part: from the first that needed another endpoint,
 * or long, to the last that was asked before there was a pause. Null where none did. Where the dead
 * part is one that clients see, only what went there first counts, and of each client by itself; the
 * slowest one is told. What waits elsewhere, for the log to elect a leader, is in the gap.
 */
export function reroutedMs(
  operations: readonly Operation[],
  fromUs: number,
  toUs: number,
  deadEndpoint: string | null,
): number | null {
  const troubled = operations.filter(
    ({ askedAtUs, answeredAtUs, attempts }) =>
      answeredAtUs >= fromUs &&
      askedAtUs <= toUs &&
      (attempts > 1 || answeredAtUs - askedAtUs > troubledAfterMs * 1_000),
  );
  if (deadEndpoint === null) return troubleMs(troubled, fromUs);
  const astray = troubled.filter(({ firstEndpoint }) => ["", deadEndpoint].includes(firstEndpoint));
  const spans = Map.groupBy(astray, ({ client }) => client)
    .values()
    .map((own) => troubleMs(own, fromUs)!);
  return astray.length === 0 ? null : Math.max(...spans);
}

function troubleMs(troubled: readonly Operation[], fromUs: number): number | null {
  const asked = troubled.map(({ askedAtUs }) => Math.max(askedAtUs, fromUs)).sort((a, b) => a - b);
  const [first] = asked;
  if (first === undefined) return null;
  let last = first;
  for (const moment of asked) {
    if (moment - last > pauseMs * 1_000) break;
    last = moment;
  }
  return (last - first) / 1_000;
}

/** From a moment to the next acknowledgement. */
export function resumedMs(operations: readonly Operation[], fromUs: number): number | null {
  const after = operations
    .filter(({ result, answeredAtUs }) => result === "done" && answeredAtUs >= fromUs)
    .map(({ answeredAtUs }) => answeredAtUs);
  return after.length === 0 ? null : (Math.min(...after) - fromUs) / 1_000;
}

/** The latency that a share of the acknowledged requests did not exceed; 0 where there were none. */
export function latencyMs(
  operations: readonly Operation[],
  share: number,
  kind?: Operation["kind"],
): number {
  const latencies = operations
    .filter((one) => one.result === "done" && (kind === undefined || one.kind === kind))
    .map(({ askedAtUs, answeredAtUs }) => answeredAtUs - askedAtUs)
    .sort((a, b) => a - b);
  const index = Math.min(latencies.length - 1, Math.floor(latencies.length * share));
  return (latencies[index] ?? 0) / 1_000;
}
