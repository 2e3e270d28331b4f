import type { Refusal } from "../refusal.ts";
import {
  type EventType,
  eventLengthWords,
  eventType,
  eventTypeAt,
  type RefusedStage,
} from "./event.ts";
import { type MoneyEvent, readMoneyEvent } from "./money-event.ts";
import type { OrderEvent } from "./order-event.ts";
import { readOrderEvent } from "./order-event-reader.ts";
import { type PeopleEvent, readPeopleEvent } from "./people-event.ts";
import { type RegistryEvent, readRegistryEvent } from "./registry-event.ts";

export type RefusedEvent = {
  readonly type: "refused";
  readonly code: Refusal;
  readonly stage: RefusedStage;
  readonly commandType: number;
};

export type VenueEvent = RefusedEvent | OrderEvent | MoneyEvent | RegistryEvent | PeopleEvent;

/** Decodes the events in words[start, end). A `repeated` event is opened: what it nests is returned. */
export function readEvents(words: Int32Array, start: number, end: number): VenueEvent[] {
  const events: VenueEvent[] = [];
  for (let at = start; at < end; ) {
    if (eventTypeAt(words, at) === eventType.repeated) {
      at += 1;
      continue;
    }
    events.push(readEvent(words, at));
    at += eventLengthWords(words, at);
  }
  return events;
}

/** The least words of an event of each type: its fields, with nothing in its texts and lists. */
const leastWords: Readonly<Record<EventType, number>> = {
  [eventType.refused]: 4,
  [eventType.orderAccepted]: 12,
  [eventType.fill]: 23,
  [eventType.orderClosed]: 10,
  [eventType.orderReduced]: 11,
  [eventType.orderActivated]: 7,
  [eventType.tradePrevented]: 14,
  [eventType.orderAmended]: 15,
  [eventType.deposited]: 10,
  [eventType.withdrawn]: 10,
  [eventType.transferred]: 20,
  [eventType.transferRefused]: 8,
  [eventType.transfersKept]: 3,
  [eventType.listOpened]: 8,
  [eventType.listClosed]: 6,
  [eventType.assetCreated]: 4,
  [eventType.marketCreated]: 22,
  [eventType.marketStateChanged]: 3,
  [eventType.marketFeesChanged]: 4,
  [eventType.accountCreated]: 3,
  [eventType.accountFlagsChanged]: 3,
  [eventType.accountFeesChanged]: 4,
  [eventType.keyCreated]: 4,
  [eventType.keyRevoked]: 3,
  [eventType.repeated]: 1,
  [eventType.marketRulesChanged]: 28,
  [eventType.feeTierChanged]: 5,
  [eventType.accountTierChanged]: 3,
  [eventType.rulesVersionChanged]: 2,
  [eventType.personChanged]: 6,
  [eventType.sessionChanged]: 8,
};

/** Whether words[start, end) are whole events, as an outcome keeps them: whoever reads them stays within. */
export function areEvents(words: Int32Array, start: number, end: number): boolean {
  for (let at = start; at < end; ) {
    const type = eventTypeAt(words, at) as EventType;
    const length = eventLengthWords(words, at);
    const least = leastWords[type];
    if (least === undefined || length < least || at + length > end) return false;
    // What a repeated event nests follows its first word.
    at += type === eventType.repeated ? 1 : length;
  }
  return true;
}

/** Whether these events repeat an earlier outcome, so that no projection may count them again. */
export function isRepeated(words: Int32Array, start: number, end: number): boolean {
  return end > start && eventTypeAt(words, start) === eventType.repeated;
}

export function readEvent(words: Int32Array, at: number): VenueEvent {
  if (eventTypeAt(words, at) === eventType.refused) {
    return {
      type: "refused",
      code: words[at + 1]! as Refusal,
      stage: words[at + 2]! as RefusedStage,
      commandType: words[at + 3]!,
    };
  }
  const event =
    readOrderEvent(words, at) ??
    readMoneyEvent(words, at) ??
    readRegistryEvent(words, at) ??
    readPeopleEvent(words, at);
  if (event === undefined) {
    throw new Error(`event type ${eventTypeAt(words, at)} is none that this core writes`);
  }
  return event;
}
