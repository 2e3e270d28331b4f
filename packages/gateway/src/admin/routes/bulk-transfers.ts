import {
  encodeTransfers,
  movement,
  type Refusal,
  refusalName,
  type TransferKind,
  type TransferOrder,
  type TransferRefusedEvent,
  type TransferredEvent,
  transferKind,
  type Venue,
  type VenueEvent,
} from "@halcyon/core";
import type { z } from "zod";
import { requestIdText } from "../../dialect/request-id.ts";
import { readTransferId } from "../../transfer-id.ts";
import { keyReused, submitChange } from "../change.ts";
import { assetById } from "../lookup.ts";
import { amountText, amountUnits } from "../market-parameters.ts";
import { type FieldError, invalidRequest, problemTypePrefix } from "../problem.ts";
import { problemOfRefusal } from "../refusal-problems.ts";
import { defineRoute, ok } from "../route.ts";
import { newTransfers, transferResults } from "../transfer-schemas.ts";

type Asked = z.output<typeof newTransfers>["transfers"][number];
type Result = z.output<typeof transferResults>["results"][number];
type ResultEvent = TransferredEvent | TransferRefusedEvent;

/** 8,190 transfers with all that one can say. */
const bodyBytesMax = 2 * 1024 * 1024;
const kindNames = ["transfer", "hold", "post", "void"] as const;
/** An answer to a request that is wrong in thousands of places names the first ones. */
const errorsMax = 20;

/** The transfers as the core takes them, or what is wrong with which of them. */
function toOrders(venue: Venue, asked: readonly Asked[]): TransferOrder[] | FieldError[] {
  const errors: FieldError[] = [];
  const orders = asked.map((transfer, index): TransferOrder => {
    const fail = (field: string, detail: string): bigint => {
      errors.push({ pointer: `#/transfers/${index}/${field}`, detail });
      return 0n;
    };
    return toOrder(venue, transfer, fail);
  });
  const last = asked.length - 1;
  if (asked[last]!.linked) {
    const detail = "must be false of the last transfer: it has no next one";
    errors.push({ pointer: `#/transfers/${last}/linked`, detail });
  }
  return errors.length === 0 ? orders : errors.slice(0, errorsMax);
}

function toOrder(
  venue: Venue,
  asked: Asked,
  fail: (field: string, detail: string) => bigint,
): TransferOrder {
  const { code, linked } = asked;
  const head = { id: readTransferId(asked.id)!, code, linked };
  const units = (text: string, assetCode: string): { asset: number; amount: bigint } => {
    const asset = venue.assets.byCode(assetCode);
    if (asset === undefined) {
      fail("asset", "is no asset of the venue: create it with POST /admin/v1/assets first");
      return { asset: 0, amount: 0n };
    }
    const amount = amountUnits(text, asset, (detail) => fail("amount", detail));
    return { asset: asset.id, amount };
  };
  switch (asked.kind) {
    case "transfer":
    case "hold": {
      const { from, to } = asked;
      const parties = { ...head, from, to, ...units(asked.amount, asked.asset) };
      if (asked.kind === "transfer") return { ...parties, kind: transferKind.transfer };
      return { ...parties, kind: transferKind.hold, timeoutSeconds: asked.timeoutSeconds };
    }
    case "post": {
      const post = { ...head, kind: transferKind.post, hold: readTransferId(asked.hold)! };
      if ((asked.amount === undefined) !== (asked.asset === undefined)) {
        fail("amount", "and `asset` belong together: with both a part is posted, without all");
      }
      if (asked.amount === undefined || asked.asset === undefined) return { ...post, amount: 0n };
      const part = units(asked.amount, asked.asset);
      if (part.amount === 0n) fail("amount", "must be above zero; leave it out to post all");
      return { ...post, ...part };
    }
    case "void":
      return { ...head, kind: transferKind.void, hold: readTransferId(asked.hold)! };
  }
}

function resultOf(venue: Venue, event: ResultEvent): Result {
  const id = requestIdText(event.id);
  if (event.type === "transferRefused") {
    const { name, title, detail } = problemOfRefusal(event.code);
    return {
      id,
      kind: kindNames[event.kind],
      status: "refused",
      type: problemTypePrefix + name,
      title,
      detail,
      refusal: refusalBody(event.code),
      failure: event.failure === 0 ? null : refusalBody(event.failure),
    };
  }
  const asset = assetById(venue, event.asset);
  const { repeated, number, from, to, code, expiresAtMs, holdNumber } = event;
  return {
    id,
    kind: kindNames[event.movement as TransferKind],
    status: "done",
    repeated,
    number,
    from,
    to,
    asset: asset.code,
    amount: amountText(event.amount, asset),
    released: amountText(event.released, asset),
    code,
    expiresAt: expiresAtMs === 0 ? null : new Date(expiresAtMs).toISOString(),
    holdNumber: holdNumber === 0 ? null : holdNumber,
  };
}

function refusalBody(code: Refusal) {
  return { number: code, name: refusalName(code) };
}

function isResult(event: VenueEvent): event is ResultEvent {
  if (event.type === "transferRefused") return true;
  return event.type === "transferred" && event.movement !== movement.expiry;
}

const createTransfers = defineRoute({
  verb: "POST",
  path: "/transfers",
  operationId: "createTransfers",
  tag: "Money",
  summary: "Make transfers, holds, posts and voids",
  description:
    "Up to 8,190, done in their order in one step, each with a result of its own: 200 does not mean that all were done. Linked ones happen all or none. Each id belongs to its transfer for ever: the same one sent again, in whatever request, is answered with its result and moves nothing; an id that was refused stays refused, but for what was wrong with the transfer's own form.",
  body: newTransfers,
  bodyBytesMax,
  success: { status: 200, description: "What became of each.", schema: transferResults },
  handle(context, call, { body: { transfers } }) {
    const { venue } = context.replica;
    const orders = toOrders(venue, transfers);
    if (orders[0] !== undefined && !("kind" in orders[0])) {
      return invalidRequest(orders as FieldError[]);
    }
    return submitChange(context, call, {
      lane: "bulk",
      target: { transfers: transfers.length, first: transfers[0]!.id },
      encode: (w, origin) => encodeTransfers(w, origin, orders as TransferOrder[]),
      answer: (events, isRepeated) => {
        const results = events.filter(isResult).map((event) => resultOf(venue, event));
        // A key that was used for another request brings that one's events, or none.
        const isOurs =
          results.length === transfers.length &&
          results.every(({ id }, index) => id === transfers[index]!.id);
        if (isOurs) return ok({ results });
        if (isRepeated) return keyReused();
        throw new Error(`${transfers.length} transfers gave ${results.length} results`);
      },
    });
  },
});

export const bulkTransferRoutes = [createTransfers];
