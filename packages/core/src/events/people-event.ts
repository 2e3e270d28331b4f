import { WordReader } from "../bytes/word-reader.ts";
import type { PersonRole } from "../registry/people.ts";
import { eventLengthWords, eventType } from "./event.ts";

export type PeopleEvent =
  | {
      readonly type: "personChanged";
      readonly name: string;
      /** -1: removed. */
      readonly role: PersonRole | -1;
      readonly account: number;
      readonly revision: number;
    }
  | {
      readonly type: "sessionChanged";
      readonly person: string;
      readonly account: number;
      readonly id: string;
      /** Log time; 0: it has ended. */
      readonly expiresAtMs: number;
      readonly elevatedUntilMs: number;
    };

/** The event at words[at], undefined when it is none of people. */
export function readPeopleEvent(words: Int32Array, at: number): PeopleEvent | undefined {
  const type = words[at]! & 0xff;
  const r = new WordReader(words, at + 1, at + eventLengthWords(words, at));
  switch (type) {
    case eventType.personChanged:
      return {
        type: "personChanged",
        name: r.text(64),
        role: r.i32() as PersonRole | -1,
        account: r.i32(),
        revision: r.u53(),
      };
    case eventType.sessionChanged:
      return {
        type: "sessionChanged",
        person: r.text(64),
        account: r.i32(),
        id: r.text(64),
        expiresAtMs: r.u53(),
        elevatedUntilMs: r.u53(),
      };
    default:
      return undefined;
  }
}
