import type { WordReader } from "../bytes/word-reader.ts";
import type { WordWriter } from "../bytes/word-writer.ts";
import {
  People,
  type Person,
  type PersonRole,
  passwordBytesMax,
  type Session,
  secondFactorBytesMax,
  sessionAddressBytesMax,
  sessionAgentBytesMax,
} from "../registry/people.ts";
import { readEach } from "./order-snapshot.ts";

/** People, each with its sessions, in the order in which they were made. */
export function savePeople(w: WordWriter, people: People): void {
  const all = people.all();
  w.i32(all.length);
  for (const person of all) {
    w.text(person.name).i32(person.role).i32(person.account).bytes(person.password);
    w.bytes(person.secondFactor).u53(person.revision).u53(person.createdAtMs);
    w.u53(person.factorStep).i32(person.sessions.length);
    for (const s of person.sessions) {
      w.text(s.id).u53(s.createdAtMs).u53(s.expiresAtMs).u53(s.elevatedUntilMs);
      w.text(s.address).text(s.agent);
    }
  }
}

export function readPeople(r: WordReader): People {
  const people = new People();
  readEach(r, () => {
    const person: Person = {
      name: r.text(64),
      role: r.i32() as PersonRole,
      account: r.i32(),
      password: r.bytes(passwordBytesMax),
      secondFactor: r.bytes(secondFactorBytesMax),
      revision: r.u53(),
      createdAtMs: r.u53(),
      factorStep: r.u53(),
      sessions: [],
    };
    if (people.get(person.name) !== undefined) throw new Error(`${person.name} is there twice`);
    people.put(person);
    people.setSessions(person, readSessions(r, person.name, people));
  });
  return people;
}

function readSessions(r: WordReader, person: string, people: People): Session[] {
  const sessions: Session[] = [];
  readEach(r, () => {
    const session: Session = {
      person,
      id: r.text(64),
      createdAtMs: r.u53(),
      expiresAtMs: r.u53(),
      elevatedUntilMs: r.u53(),
      address: r.text(sessionAddressBytesMax),
      agent: r.text(sessionAgentBytesMax),
    };
    const isTwice =
      people.session(session.id) !== undefined || sessions.some(({ id }) => id === session.id);
    if (isTwice) throw new Error(`session ${session.id} is there twice`);
    sessions.push(session);
  });
  return sessions;
}
