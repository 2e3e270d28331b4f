import { eventLengthWords, eventType, eventTypeAt, type RefusedStage } from "./event.ts";
import { type MoneyEvent, readMoneyEvent } from "./money-event.ts";
import type { OrderEvent } from "./order-event.ts";
import { readOrderEvent } from "./order-event-reader.ts";
import type { Refusal } from "./refusal.ts";
import { type RegistryEvent, readRegistryEvent } from "./registry-event.ts";

export type RefusedEvent = {
  readonly type: "refused";
  readonly code: Refusal;
  readonly stage: RefusedStage;
  readonly commandType: number;
};

export type VenueEvent = RefusedEvent | OrderEvent | MoneyEvent | RegistryEvent;

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
    readOrderEvent(words, at) ?? readMoneyEvent(words, at) ?? readRegistryEvent(words, at);
  if (event === undefined) {
    throw new Error(`event type ${eventTypeAt(words, at)} is none that this core writes`);
  }
  return event;
}
