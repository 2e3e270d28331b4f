import type { WordReader } from "../bytes/word-reader.ts";
import { eventType } from "../events/event.ts";
import type { EventBuffer } from "../events/event-buffer.ts";
import { feeAccount } from "../money/ledger.ts";
import { type Refusal, refusal } from "../refusal.ts";
import type { Accounts } from "./accounts.ts";
import {
  isPersonName,
  isPersonRole,
  isSessionId,
  type People,
  type Person,
  passwordBytesMax,
  peopleMax,
  personRole,
  type Session,
  secondFactorBytesMax,
  sessionAddressBytesMax,
  sessionAgentBytesMax,
  sessionsPerPersonMax,
} from "./people.ts";

const nameBytesMax = 64;
const removed = -1;

/** Who may sign in, and who has. Commands name the revision they were made from: what came between is never undone. */
export class SignIns {
  private readonly people: People;
  private readonly accounts: Accounts;
  private readonly events: EventBuffer;

  constructor(of: { people: People; accounts: Accounts; events: EventBuffer }) {
    this.people = of.people;
    this.accounts = of.accounts;
    this.events = of.events;
  }

  setPerson(r: WordReader, logTimeMs: number): Refusal | 0 {
    const name = r.text(nameBytesMax);
    const revision = r.u53();
    const role = r.i32();
    const account = r.i32();
    const password = r.bytes(passwordBytesMax);
    const secondFactor = r.bytes(secondFactorBytesMax);
    const keepSession = r.text(nameBytesMax);
    if (!r.done || !isPersonName(name)) return refusal.malformedCommand;
    const before = this.people.get(name);
    if (before === undefined && revision !== 0) return refusal.unknownPerson;
    if ((before?.revision ?? 0) !== revision) return refusal.personChanged;
    if (role === removed) return this.removePerson(before);
    if (!isPersonRole(role)) return refusal.malformedCommand;
    if (!this.fits(role, account)) return refusal.unknownAccount;
    if (before === undefined && this.people.count >= peopleMax) return refusal.tooManyPeople;
    const person: Person = {
      name,
      role,
      account,
      password,
      secondFactor,
      revision: revision + 1,
      createdAtMs: before?.createdAtMs ?? logTimeMs,
      factorStep: before?.factorStep ?? 0,
      sessions: before?.sessions ?? [],
    };
    this.people.put(person);
    // First, because the memory of outcomes keeps only so much of what follows.
    this.tellPerson(name, role, account, revision + 1);
    this.endSessions(person, keepSession);
    return 0;
  }

  setSession(r: WordReader, logTimeMs: number): Refusal | 0 {
    const name = r.text(nameBytesMax);
    const revision = r.u53();
    const id = r.text(nameBytesMax);
    const expiresAtMs = r.u53();
    const elevatedUntilMs = r.u53();
    const factorStep = r.u53();
    const address = r.text(sessionAddressBytesMax);
    const agent = r.text(sessionAgentBytesMax);
    if (!r.done || !isSessionId(id)) return refusal.malformedCommand;
    const person = this.people.get(name);
    if (person === undefined) return refusal.unknownPerson;
    const before = this.people.session(id);
    if (before !== undefined && before.person !== name) return refusal.malformedCommand;
    if (expiresAtMs <= logTimeMs) {
      if (before === undefined) return refusal.unknownSession;
      this.people.setSessions(
        person,
        person.sessions.filter((session) => session !== before),
      );
      this.tellSession(person, before, 0);
      return 0;
    }
    if (person.revision !== revision) return refusal.personChanged;
    if (factorStep !== 0 && factorStep <= person.factorStep) return refusal.codeUsed;
    if (factorStep !== 0) person.factorStep = factorStep;
    const createdAtMs = before?.createdAtMs ?? logTimeMs;
    const next = { person: name, id, createdAtMs, expiresAtMs, elevatedUntilMs, address, agent };
    this.keep(person, next, before, logTimeMs);
    this.tellSession(person, next, expiresAtMs);
    return 0;
  }

  /** Those that are over go without a word; beyond so many the oldest one ends. */
  private keep(
    person: Person,
    next: Session,
    before: Session | undefined,
    logTimeMs: number,
  ): void {
    const open = person.sessions.filter((s) => s !== before && s.expiresAtMs > logTimeMs);
    const dropped = open.splice(0, open.length - (sessionsPerPersonMax - 1));
    for (const session of dropped) this.tellSession(person, session, 0);
    this.people.setSessions(person, [...open, next]);
  }

  private removePerson(person: Person | undefined): Refusal | 0 {
    if (person === undefined) return refusal.unknownPerson;
    this.tellPerson(person.name, removed, person.account, person.revision + 1);
    this.endSessions(person, "");
    this.people.remove(person);
    return 0;
  }

  private endSessions(person: Person, except: string): void {
    const kept: Session[] = [];
    for (const session of person.sessions) {
      if (session.id === except) kept.push(session);
      else this.tellSession(person, session, 0);
    }
    this.people.setSessions(person, kept);
  }

  private fits(role: number, account: number): boolean {
    if (role === personRole.administrator) return account === 0;
    return account > feeAccount && this.accounts.exists(account);
  }

  private tellPerson(name: string, role: number, account: number, revision: number): void {
    const event = this.events.begin(eventType.personChanged);
    this.events.text(name).i32(role).i32(account).u53(revision);
    this.events.end(event);
  }

  private tellSession(person: Person, session: Session, expiresAtMs: number): void {
    const event = this.events.begin(eventType.sessionChanged);
    this.events.text(person.name).i32(person.account).text(session.id).u53(expiresAtMs);
    this.events.u53(expiresAtMs === 0 ? 0 : session.elevatedUntilMs);
    this.events.end(event);
  }
}
