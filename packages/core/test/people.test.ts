import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeSetPerson,
  encodeSetRulesVersion,
  encodeSetSession,
  personRole,
  refusal,
  rulesVersionMax,
  type SetPerson,
  type SetSession,
  sessionsPerPersonMax,
  Venue,
} from "@halcyon/core";
import { alice, tradingVenue, type VenueKit } from "./venue-kit.ts";

const hour = 3_600_000;

function venueWithRules(): VenueKit {
  const kit = tradingVenue();
  kit.run((w) => encodeSetRulesVersion(w, {}, { version: rulesVersionMax }));
  return kit;
}

function setPerson(kit: VenueKit, change: Partial<SetPerson> = {}) {
  const person: SetPerson = {
    ...{ name: "ann", revision: 0, role: personRole.trader, account: alice },
    password: new Uint8Array([1, 2]),
    secondFactor: new Uint8Array(0),
    keepSession: "",
    ...change,
  };
  return kit.run((w) => encodeSetPerson(w, {}, person));
}

function setSession(kit: VenueKit, change: Partial<SetSession> = {}) {
  const session: SetSession = {
    ...{ person: "ann", revision: 1, id: "session-of-ann-01", expiresAtMs: kit.timeMs + hour },
    ...{ elevatedUntilMs: 0, factorStep: 0, address: "203.0.113.7", agent: "a browser" },
    ...change,
  };
  return kit.run((w) => encodeSetSession(w, {}, session));
}

const refused = (code: number) => [{ type: "refused", code }];

test("a person is made once, and changed only from what it is", () => {
  const kit = venueWithRules();
  assert.partialDeepStrictEqual(setPerson(kit), [{ type: "personChanged", revision: 1 }]);
  assert.partialDeepStrictEqual(setPerson(kit), refused(refusal.personChanged));
  const password = new Uint8Array([3]);
  assert.partialDeepStrictEqual(setPerson(kit, { revision: 1, password }), [{ revision: 2 }]);
  assert.deepEqual(kit.venue.people.get("ann")?.password, password);
  assert.partialDeepStrictEqual(setPerson(kit, { revision: 1 }), refused(refusal.personChanged));
  const removal = setPerson(kit, { revision: 2, role: -1 });
  assert.partialDeepStrictEqual(removal, [{ type: "personChanged", role: -1 }]);
  assert.equal(kit.venue.people.count, 0);
  const gone = setPerson(kit, { revision: 2 });
  assert.partialDeepStrictEqual(gone, refused(refusal.unknownPerson));
});

test("a trader has a customer's account, an administrator none", () => {
  const kit = venueWithRules();
  const { trader, administrator } = personRole;
  for (const [role, account] of [
    [trader, 0],
    [trader, 1],
    [trader, 99],
    [administrator, alice],
  ] as const) {
    const events = setPerson(kit, { role, account });
    assert.partialDeepStrictEqual(events, refused(refusal.unknownAccount));
  }
  setPerson(kit, { role: administrator, account: 0 });
  assert.equal(kit.venue.people.get("ann")?.role, administrator);
});

test("whatever changes a person ends its sessions, but for the one that did it", () => {
  const kit = venueWithRules();
  setPerson(kit);
  for (const number of ["01", "02", "03"]) setSession(kit, { id: `session-of-ann-${number}` });
  const events = setPerson(kit, { revision: 1, keepSession: "session-of-ann-02" });
  assert.partialDeepStrictEqual(events, [
    { type: "personChanged" },
    { type: "sessionChanged", id: "session-of-ann-01", expiresAtMs: 0 },
    { type: "sessionChanged", id: "session-of-ann-03", expiresAtMs: 0 },
  ]);
  const { people } = kit.venue;
  assert.equal(people.session("session-of-ann-01"), undefined);
  assert.equal(people.session("session-of-ann-02")?.person, "ann");
});

test("no session is opened by a password that was changed meanwhile", () => {
  const kit = venueWithRules();
  setPerson(kit);
  setPerson(kit, { revision: 1, password: new Uint8Array([9]) });
  assert.partialDeepStrictEqual(setSession(kit), refused(refusal.personChanged));
  assert.partialDeepStrictEqual(setSession(kit, { revision: 2 }), [{ type: "sessionChanged" }]);
});

test("a one-time code is good for one session", () => {
  const kit = venueWithRules();
  setPerson(kit);
  setSession(kit, { factorStep: 70 });
  for (const factorStep of [69, 70]) {
    const again = setSession(kit, { id: "session-of-ann-02", factorStep });
    assert.partialDeepStrictEqual(again, refused(refusal.codeUsed));
  }
  assert.equal(setSession(kit, { id: "session-of-ann-02", factorStep: 71 }).length, 1);
});

test("a session is ended by one who knows its name, and only once", () => {
  const kit = venueWithRules();
  setPerson(kit);
  setPerson(kit, { name: "bob" });
  setSession(kit);
  const foreign = setSession(kit, { person: "bob", expiresAtMs: 0 });
  assert.partialDeepStrictEqual(foreign, refused(refusal.malformedCommand));
  const ended = setSession(kit, { expiresAtMs: 0 });
  assert.partialDeepStrictEqual(ended, [{ type: "sessionChanged", expiresAtMs: 0 }]);
  const again = setSession(kit, { expiresAtMs: 0 });
  assert.partialDeepStrictEqual(again, refused(refusal.unknownSession));
});

test("beyond so many sessions the oldest ends, and those that are over go first", () => {
  const kit = venueWithRules();
  setPerson(kit);
  setSession(kit, { id: "session-that-is-over", expiresAtMs: kit.timeMs + 5 });
  for (let i = 0; i <= sessionsPerPersonMax; i++) {
    setSession(kit, { id: `session-of-ann-${100 + i}` });
  }
  const { people } = kit.venue;
  assert.equal(people.get("ann")?.sessions.length, sessionsPerPersonMax);
  assert.equal(people.session("session-that-is-over"), undefined);
  assert.equal(people.session("session-of-ann-100"), undefined);
  assert.ok(people.session("session-of-ann-101"));
});

test("a restored venue has the people and sessions of the one that was saved", () => {
  const kit = venueWithRules();
  setPerson(kit, { secondFactor: new Uint8Array([7, 7, 7]) });
  setSession(kit, { factorStep: 5, elevatedUntilMs: kit.timeMs + 1_000 });
  const saved = kit.venue.save();
  const restored = Venue.restore(saved);
  assert.deepEqual(restored.people.all(), kit.venue.people.all());
  assert.deepEqual(
    restored.people.session("session-of-ann-01"),
    kit.venue.people.all()[0]?.sessions[0],
  );
  assert.deepEqual(restored.save(), saved);
});
