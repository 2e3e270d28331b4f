import {
  type Asset,
  encodeDeposit,
  encodeWithdraw,
  type MoneyMovedEvent,
  refusal,
} from "@halcyon/core";
import { z } from "zod";
import { transferIdOfReference } from "../../transfer-id.ts";
import { change } from "../change.ts";
import { assetById, assetOf, noAccount } from "../lookup.ts";
import { amountText, amountUnits } from "../market-parameters.ts";
import { page, pageQuery, wholeNumber } from "../page.ts";
import { type FieldError, invalidRequest } from "../problem.ts";
import {
  type AdminAnswer,
  type AdminContext,
  type Call,
  created,
  defineRoute,
  ok,
} from "../route.ts";
import { assetCode, bookedTransfer, newTransfer, transfer } from "../schemas.ts";
import { accountInPath } from "./accounts.ts";

type NewTransfer = z.output<typeof newTransfer>;
type BookedTransfer = z.output<typeof bookedTransfer>;

/** As many as a node keeps of an account. */
const transfersKeptMax = 1000;

function bookedBody(event: MoneyMovedEvent, asset: Asset): BookedTransfer {
  return {
    id: event.transferId,
    kind: event.type === "deposited" ? "deposit" : "withdrawal",
    account: event.account,
    asset: asset.code,
    amount: amountText(event.amount, asset),
    network: event.network,
    address: event.address,
    reference: event.reference,
  };
}

function book(
  context: AdminContext,
  call: Call,
  type: MoneyMovedEvent["type"],
  body: NewTransfer,
): AdminAnswer | Promise<AdminAnswer> {
  const asset = assetOf(context.replica.venue, "asset", body.asset);
  if (!("code" in asset)) return invalidRequest([asset]);
  const errors: FieldError[] = [];
  const amount = amountUnits(body.amount, asset, (detail) => {
    errors.push({ pointer: "#/amount", detail });
    return 0n;
  });
  if (errors.length > 0) return invalidRequest(errors);
  const { account, network, address, reference } = body;
  const kind = type === "deposited" ? "deposit" : "withdrawal";
  const transferId = transferIdOfReference(kind, account, reference);
  const asked = {
    account,
    asset: asset.id,
    amount,
    network,
    address,
    reference,
    ...(transferId === undefined ? {} : { transferId }),
  };
  const encode = type === "deposited" ? encodeDeposit : encodeWithdraw;
  return change(context, call, {
    lane: "normal",
    target: { account, asset: asset.code, amount: amountText(amount, asset), reference },
    event: type,
    encode: (w, origin) => encode(w, origin, asked),
    matches: (event) =>
      event.type === type &&
      event.account === account &&
      event.asset === asset.id &&
      event.amount === amount &&
      event.network === network &&
      event.address === address &&
      event.reference === reference,
    success: (event) => created(bookedBody(event, asset)),
  });
}

const repetition =
  "Give it the payment's own id as `reference`: then the same payment is never booked twice, however late it is repeated, and a repetition is answered with the first booking. A reference that was refused stays refused. An Idempotency-Key protects repetitions within minutes.";
const bookingRefusals = [
  refusal.unknownAccount,
  refusal.amountNotPositive,
  refusal.amountTooLarge,
  refusal.accountFrozen,
  refusal.duplicateTransfer,
  refusal.transferIdReused,
  refusal.transferIdFailed,
] as const;

const createDeposit = defineRoute({
  verb: "POST",
  path: "/deposits",
  operationId: "createDeposit",
  tag: "Money",
  summary: "Book a deposit",
  description: `The amount is available at once. ${repetition}`,
  body: newTransfer,
  success: { status: 201, description: "The deposit.", schema: bookedTransfer },
  refusals: [...bookingRefusals, refusal.accountMayNotDeposit],
  handle: (context, call, { body }) => book(context, call, "deposited", body),
});

const createWithdrawal = defineRoute({
  verb: "POST",
  path: "/withdrawals",
  operationId: "createWithdrawal",
  tag: "Money",
  summary: "Book a withdrawal",
  description: `Takes from what is available, not from what open orders hold. ${repetition}`,
  body: newTransfer,
  success: { status: 201, description: "The withdrawal.", schema: bookedTransfer },
  refusals: [...bookingRefusals, refusal.accountMayNotWithdraw, refusal.insufficientBalance],
  handle: (context, call, { body }) => book(context, call, "withdrawn", body),
});

const listTransfers = defineRoute({
  verb: "GET",
  path: "/transfers",
  operationId: "listTransfers",
  tag: "Money",
  summary: "List an account's deposits and withdrawals",
  description: `Newest first, the last ${transfersKeptMax} of the account.`,
  query: z.strictObject({
    account: accountInPath.shape.id,
    asset: assetCode.optional(),
    ...pageQuery(wholeNumber(1, Number.MAX_SAFE_INTEGER)),
  }),
  success: {
    status: 200,
    description: "A page of transfers.",
    schema: z
      .strictObject({ transfers: z.array(transfer), next: z.nullable(z.int()) })
      .meta({ id: "TransferPage", description: "Transfers, and `after` of the next page." }),
  },
  problems: ["not-found"],
  handle({ replica: { venue }, views }, _call, { query }) {
    if (!venue.accounts.exists(query.account)) return noAccount(query.account);
    const asset = query.asset === undefined ? undefined : venue.assets.byCode(query.asset);
    if (query.asset !== undefined && asset === undefined) {
      return invalidRequest([{ parameter: "asset", detail: "is no asset of the venue" }]);
    }
    const rest = views.transfers
      .ofAccount(query.account, { asset: asset?.id, limit: transfersKeptMax })
      .filter(({ transferId }) => query.after === undefined || transferId < query.after);
    const { items, next } = page(rest, query.limit, ({ transferId }) => transferId);
    const transfers = items.map((t) => ({
      ...bookedBody({ ...t, amount: t.amountUnits }, assetById(venue, t.asset)),
      time: new Date(t.timeMs).toISOString(),
    }));
    return ok({ transfers, next });
  },
});

export const transferRoutes = [createDeposit, createWithdrawal, listTransfers];
