import { RequestFailure } from "./failure.ts";
import type { Member } from "./member.ts";
import { type StatusResponse, statusMethod } from "./messages.ts";

export interface EtcdMemberHealth {
  /** host:port */
  readonly address: string;
  readonly state: "ok" | "no-leader" | "unreachable";
  /** What the member says of itself; null when it does not answer. */
  readonly status: StatusResponse | null;
}

/**
 * - `ok`: every member answers and none has a complaint.
 * - `degraded`: appends work; a member is missing, and perhaps the next one must not fail.
 * - `slow`: appends work but take long: the disk of a quorum, or the network between, is slow.
 * - `no-space`: appends are refused until the log was trimmed and the members were defragmented.
 * - `corrupt`: the members found that their data differs.
 * - `no-quorum`: no member that answers knows a leader; nothing is appended.
 */
export type EtcdHealthState = "ok" | "degraded" | "slow" | "no-space" | "corrupt" | "no-quorum";

export interface EtcdHealth {
  readonly state: EtcdHealthState;
  /** What it means and what to do, in a sentence. */
  readonly message: string;
  readonly members: readonly EtcdMemberHealth[];
  /** The median of the last appends of this process. */
  readonly appendMs: number;
}

/** Appends that take longer than this in the median are called slow. */
const SLOW_APPEND_MS = 100;

export async function readHealth(
  members: readonly Member[],
  timeoutMs: number,
  appendMs: number,
): Promise<EtcdHealth> {
  const read = await Promise.all(members.map((member) => readMember(member, timeoutMs)));
  return { ...judge(read, appendMs), members: read, appendMs };
}

async function readMember(member: Member, timeoutMs: number): Promise<EtcdMemberHealth> {
  const { address } = member;
  const options = { timeoutMs, needsLeader: false };
  try {
    const status = await member.request(statusMethod, Buffer.alloc(0), options);
    return { address, state: status.hasLeader ? "ok" : "no-leader", status };
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    return { address, state: "unreachable", status: null };
  }
}

function judge(
  members: readonly EtcdMemberHealth[],
  appendMs: number,
): Pick<EtcdHealth, "state" | "message"> {
  const complaints = members.flatMap((member) => member.status?.errors ?? []);
  const missing = members.filter((member) => member.state !== "ok").map(({ address }) => address);
  if (missing.length === members.length) {
    return {
      state: "no-quorum",
      message:
        "No member of etcd that answers knows a leader: nothing can be appended. Bring back enough members for a majority, or the network between them; the rest follows by itself.",
    };
  }
  if (complaints.some((words) => words.includes("CORRUPT"))) {
    return {
      state: "corrupt",
      message:
        "The members of etcd found that their data differs. Stop the venue, find the member that is wrong, and replace it.",
    };
  }
  if (complaints.some((words) => words.includes("NOSPACE"))) {
    return {
      state: "no-space",
      message:
        'The database of etcd is full and appends are refused. Trim the log, then run "etcdctl defrag" for each member and "etcdctl alarm disarm".',
    };
  }
  if (missing.length > 0) {
    return {
      state: "degraded",
      message: `etcd works without ${missing.join(", ")}. Bring it back before another member fails.`,
    };
  }
  if (appendMs > SLOW_APPEND_MS) {
    return {
      state: "slow",
      message: `Appends take ${appendMs.toFixed(0)} ms in the median. Look at the disks of etcd's members and at the network between them.`,
    };
  }
  return { state: "ok", message: "Every member of etcd is well." };
}
