import { type ServiceError, status } from "@grpc/grpc-js";
import { LogError } from "../port.ts";
import { tornError } from "./origin.ts";

/**
 * - `unreachable`: there is no connection to this member; nothing was sent.
 * - `no-leader`: this member knows no leader; it carried nothing out.
 * - `overloaded`: this member has too many requests waiting; it carried nothing out.
 * - `stale-session`: users or roles were changed meanwhile; nothing was carried out.
 * - `no-space`: the database is full. The put that found it so was carried out, later ones were not.
 * - `too-large`: a limit of this cluster is below what the protocol allows; nothing was written.
 * - `denied`: the user may not do this, or the certificate names no user; nothing was done.
 * - `corrupt`: the members found that their data differs.
 * - `compacted`: what was asked for was removed.
 * - `lost`: the answer did not come, or says that the outcome is not known.
 * - `rejected`: anything else.
 */
export type FailureKind =
  | "unreachable"
  | "no-leader"
  | "overloaded"
  | "stale-session"
  | "no-space"
  | "too-large"
  | "denied"
  | "corrupt"
  | "compacted"
  | "lost"
  | "rejected";

/** One request to one member that failed. */
export class RequestFailure extends Error {
  override readonly name = "RequestFailure";
  readonly kind: FailureKind;
  readonly address: string;

  constructor(kind: FailureKind, address: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.address = address;
  }

  /** Whether the request surely changed nothing and another member may well carry it out. */
  get wasNotCarriedOut(): boolean {
    return notCarriedOut.has(this.kind);
  }

  /** Whether it says something about the member, rather than about the request. */
  get isOfTheMember(): boolean {
    return this.wasNotCarriedOut || this.kind === "lost";
  }
}

const notCarriedOut: ReadonlySet<FailureKind> = new Set([
  "unreachable",
  "no-leader",
  "overloaded",
  "stale-session",
]);

/** By etcd's own words, which it has kept since 3.4: its codes are shared by several failures. */
const byWords: readonly (readonly [RegExp, FailureKind])[] = [
  [/database space exceeded/, "no-space"],
  [/request is too large|message larger than max/, "too-large"],
  [/too many requests/, "overloaded"],
  [/no leader/, "no-leader"],
  [/has been compacted/, "compacted"],
  [/corrupt/, "corrupt"],
  [/revision of auth store is old/, "stale-session"],
  [/permission denied|user name is empty|user name not found|invalid auth token/, "denied"],
];

const byCode: ReadonlyMap<number, FailureKind> = new Map([
  [status.UNAVAILABLE, "lost"],
  [status.CANCELLED, "lost"],
  [status.DEADLINE_EXCEEDED, "lost"],
  [status.INTERNAL, "lost"],
  [status.UNAUTHENTICATED, "denied"],
  [status.PERMISSION_DENIED, "denied"],
  [status.DATA_LOSS, "corrupt"],
]);

export function failureOf(error: ServiceError, address: string): RequestFailure {
  const words = error.details ?? error.message;
  const kind =
    byWords.find(([pattern]) => pattern.test(words))?.[1] ?? byCode.get(error.code) ?? "rejected";
  return new RequestFailure(kind, address, words, { cause: error });
}

const MAKE_ROOM =
  'The database is full. Trim the log, then run "etcdctl defrag" for each member and "etcdctl alarm disarm"; appends then work again by themselves.';

/** For an append that was not even sent, because the database is known to be full. */
export function fullError(): LogError {
  return new LogError("no-space", `etcd takes no more entries. ${MAKE_ROOM}`);
}

/** What the rest of the program sees of a failed request, told with what to do about it. */
export function asLogError(error: unknown, doing: string): unknown {
  if (!(error instanceof RequestFailure)) return error;
  const said = `etcd at ${error.address} could not ${doing} (${error.message}).`;
  const unavailable = (advice: string) =>
    new LogError("unavailable", `${said} ${advice}`, { cause: error });
  switch (error.kind) {
    case "no-space":
      return unavailable(`Whether it was carried out is not known. ${MAKE_ROOM}`);
    case "too-large":
      return tooLargeForClusterError(said, error);
    case "corrupt":
      return tornError(said, { cause: error });
    case "compacted":
      return new LogError(
        "trimmed",
        `${said} What comes next was trimmed. Restore a newer snapshot and read on from there.`,
        { cause: error },
      );
    case "denied":
      return unavailable(
        "Give the user that the client certificate names (its common name) a role with readwrite permission for the log's prefix.",
      );
    case "unreachable":
    case "no-leader":
    case "overloaded":
    case "stale-session":
      return unavailable(
        "Nothing was carried out, and no other member could do it in time. Check that at least two of three members run and reach each other.",
      );
    case "lost":
      return unavailable(
        "Whether it was carried out is not known. Look at the members' health and at the network between.",
      );
    case "rejected":
      return unavailable("Look into etcd's own log for the reason.");
  }
}

function tooLargeForClusterError(said: string, cause: RequestFailure): LogError {
  return new LogError(
    "too-large",
    `${said} Start etcd with --max-request-bytes of at least its default of 1.5 MiB.`,
    { cause },
  );
}
