/** What a person is to the venue: somebody with an account, or one of those who run it. */
export const personRole = { trader: 0, administrator: 1 } as const;
export type PersonRole = (typeof personRole)[keyof typeof personRole];

/** Somebody who can sign in. The core keeps what proves who it is and never looks into it. */
export type Person = {
  /** 1 to 64 of a-z, 0-9 and `. _ - @`; for ever the same. */
  readonly name: string;
  readonly role: PersonRole;
  /** A trader's; 0 for an administrator. */
  readonly account: number;
  /** What a password is compared with, as the gateway writes it; empty: nobody can sign in. */
  readonly password: Uint8Array;
  /** The sealed secret of one-time codes; empty: there is no second factor. */
  readonly secondFactor: Uint8Array;
  /** 1 at first, one more with each change. */
  readonly revision: number;
  readonly createdAtMs: number;
  /** The latest step of one-time codes that was used: no code is good for two sign-ins. */
  factorStep: number;
  /** In the order in which they were opened. */
  sessions: readonly Session[];
};

/** A sign-in. Over when log time reaches `expiresAtMs`. */
export type Session = {
  readonly person: string;
  /** 16 to 64 of A-Z, a-z, 0-9, - and _. Names it; does not prove that one has it. */
  readonly id: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Until then sensitive acts need no further proof; 0: they do. */
  readonly elevatedUntilMs: number;
  /** From where and with what it was opened, for its owner to recognise it. */
  readonly address: string;
  readonly agent: string;
};

export const peopleMax = 1_000_000;
export const sessionsPerPersonMax = 20;
export const passwordBytesMax = 512;
export const secondFactorBytesMax = 512;
export const sessionAddressBytesMax = 64;
export const sessionAgentBytesMax = 256;

export function isPersonName(name: string): boolean {
  return /^[a-z0-9._@-]{1,64}$/.test(name);
}
export function isSessionId(id: string): boolean {
  return /^[A-Za-z0-9_-]{16,64}$/.test(id);
}
export function isPersonRole(role: number): role is PersonRole {
  return role === personRole.trader || role === personRole.administrator;
}

export class People {
  private readonly byName = new Map<string, Person>();
  private readonly sessionsById = new Map<string, Session>();

  get count(): number {
    return this.byName.size;
  }
  get(name: string): Person | undefined {
    return this.byName.get(name);
  }
  /** In the order in which they were made. */
  all(): Person[] {
    return [...this.byName.values()];
  }
  /** Open or expired: whoever asks compares its end with a clock. */
  session(id: string): Session | undefined {
    return this.sessionsById.get(id);
  }
  /** In the place of the one of this name; its sessions are those of before. */
  put(person: Person): void {
    this.byName.set(person.name, person);
  }
  remove(person: Person): void {
    this.setSessions(person, []);
    this.byName.delete(person.name);
  }
  setSessions(person: Person, sessions: readonly Session[]): void {
    for (const { id } of person.sessions) this.sessionsById.delete(id);
    for (const session of sessions) this.sessionsById.set(session.id, session);
    person.sessions = sessions;
  }
}
