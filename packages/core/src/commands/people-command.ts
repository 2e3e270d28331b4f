import type { WordWriter } from "../bytes/word-writer.ts";
import type { PersonRole } from "../registry/people.ts";
import { beginFrom, commandType, endCommand, type Origin } from "./command.ts";

/** A person as it shall be from now on. */
export type SetPerson = {
  readonly name: string;
  /** Of the person that this was made from; 0: there is none of that name. Another one is refused. */
  readonly revision: number;
  /** -1: the person is removed, and the rest does not matter. */
  readonly role: PersonRole | -1;
  readonly account: number;
  readonly password: Uint8Array;
  readonly secondFactor: Uint8Array;
  /** The session that goes on; all others of the person end. Empty: none. */
  readonly keepSession: string;
};
/** Makes, changes or removes a person: whatever proves who it is changes in this one way. */
export function encodeSetPerson(w: WordWriter, origin: Origin, c: SetPerson): void {
  const start = beginFrom(w, commandType.setPerson, origin);
  w.text(c.name).u53(c.revision).i32(c.role).i32(c.account).bytes(c.password);
  w.bytes(c.secondFactor).text(c.keepSession);
  endCommand(w, start);
}

export type SetSession = {
  readonly person: string;
  /** Of the person whose password and code were looked at: if it has changed since, this is refused. */
  readonly revision: number;
  readonly id: string;
  /** Log time; one that has passed ends the session. */
  readonly expiresAtMs: number;
  readonly elevatedUntilMs: number;
  /** The step of the one-time code that was shown; 0: none was. One that is not later than all before is refused. */
  readonly factorStep: number;
  readonly address: string;
  readonly agent: string;
};
/** Opens, raises or ends a session. */
export function encodeSetSession(w: WordWriter, origin: Origin, c: SetSession): void {
  const start = beginFrom(w, commandType.setSession, origin);
  w.text(c.person).u53(c.revision).text(c.id).u53(c.expiresAtMs).u53(c.elevatedUntilMs);
  w.u53(c.factorStep).text(c.address).text(c.agent);
  endCommand(w, start);
}
