import { type Refusal, type RefusalName, refusal, refusalName } from "@halcyon/core";
import type { Problem } from "./problem.ts";

export type RefusalProblem = {
  readonly status: number;
  readonly title: string;
  readonly remedy: string;
};

/**
 * What the core's refusals mean to an administrator. A refusal that the core gains does not
 * compile here until somebody has written down what to do about it.
 */
export const refusalProblems: Record<Refusal, RefusalProblem> = {
  [refusal.malformedCommand]: {
    status: 400,
    title: "The core cannot take the command",
    remedy: "Check the lengths and ranges of the fields against the schema in openapi.json.",
  },
  [refusal.requestTooOld]: {
    status: 409,
    title: "The outcome of this request may have been forgotten",
    remedy:
      "The request was sent again so late that the venue cannot tell whether it was done. Look at the present state with GET, then ask again with a new Idempotency-Key if it was not.",
  },
  [refusal.unknownAccount]: {
    status: 404,
    title: "There is no such account",
    remedy: "List the accounts with GET /admin/v1/accounts, or create one with POST.",
  },
  [refusal.accountMayNotTrade]: {
    status: 409,
    title: "The account may not trade",
    remedy: "Allow it with PUT /admin/v1/accounts/{id}/flags.",
  },
  [refusal.accountMayNotWithdraw]: {
    status: 409,
    title: "The account may not withdraw",
    remedy: "Allow it with PUT /admin/v1/accounts/{id}/flags.",
  },
  [refusal.accountMayNotDeposit]: {
    status: 409,
    title: "The account may not receive deposits",
    remedy: "Allow it with PUT /admin/v1/accounts/{id}/flags.",
  },
  [refusal.tooManyAccounts]: {
    status: 409,
    title: "The venue holds as many accounts as it can",
    remedy: "Use an existing account; accounts cannot be removed.",
  },
  [refusal.keyExists]: {
    status: 409,
    title: "A key of this name exists",
    remedy:
      "This request made the key before and its secret cannot be shown again. Revoke the key, or leave it, and make another with a new Idempotency-Key.",
  },
  [refusal.unknownKey]: {
    status: 404,
    title: "There is no such key",
    remedy: "List an account's keys with GET /admin/v1/accounts/{id}/keys.",
  },
  [refusal.tooManyKeys]: {
    status: 409,
    title: "The account holds as many keys as it may",
    remedy: "Revoke one that is no longer used with DELETE /admin/v1/keys/{name}.",
  },
  [refusal.unknownAsset]: {
    status: 404,
    title: "There is no such asset",
    remedy: "List the assets with GET /admin/v1/assets, or create it with POST.",
  },
  [refusal.assetExists]: {
    status: 409,
    title: "An asset of this code exists",
    remedy: "Use it, or choose another code.",
  },
  [refusal.unknownMarket]: {
    status: 404,
    title: "There is no such market",
    remedy: "List the markets with GET /admin/v1/markets, or create it with POST.",
  },
  [refusal.marketExists]: {
    status: 409,
    title: "A market of this symbol exists",
    remedy: "Use it, or choose another symbol.",
  },
  [refusal.marketParameters]: {
    status: 400,
    title: "The market's parameters do not fit together",
    remedy:
      "Two different assets; tick and lot positive; minimum not above maximum; the largest price times the largest quantity within 64 bits of the quote asset's smallest unit; fees from 0 to 0.1.",
  },
  [refusal.tooManyAssets]: {
    status: 409,
    title: "The venue holds as many assets as it can",
    remedy: "Use an existing asset; assets cannot be removed.",
  },
  [refusal.tooManyMarkets]: {
    status: 409,
    title: "The venue holds as many markets as it can",
    remedy: "Use an existing market; markets cannot be removed.",
  },
  [refusal.marketNotTrading]: {
    status: 409,
    title: "The market is not trading",
    remedy: "Open it with PUT /admin/v1/markets/{symbol}/state.",
  },
  [refusal.insufficientBalance]: {
    status: 409,
    title: "The account's available balance is too small",
    remedy: "Ask for less, cancel open orders that hold the money, or deposit first.",
  },
  [refusal.amountNotPositive]: {
    status: 400,
    title: "The amount is not positive",
    remedy: "Send an amount above zero.",
  },
  [refusal.amountTooLarge]: {
    status: 400,
    title: "The amount is too large",
    remedy:
      "Balances are signed 64-bit counts of the asset's smallest unit. Send less, or give new assets fewer decimals.",
  },
  [refusal.feeTooHigh]: {
    status: 400,
    title: "The fee is too high",
    remedy: 'Fees go from "0" to "0.1" (10 %).',
  },
  [refusal.duplicateTransfer]: {
    status: 409,
    title: "A transfer with this reference was booked before",
    remedy:
      "It is in GET /admin/v1/transfers: nothing is left to do. A different payment needs its own reference.",
  },
  ...orderRefusal(refusal.priceOutOfRange, "The price is out of range"),
  ...orderRefusal(refusal.quantityOutOfRange, "The quantity is out of range"),
  ...orderRefusal(refusal.notionalTooSmall, "The order's value is too small"),
  ...orderRefusal(refusal.notionalTooLarge, "The order's value is too large"),
  ...orderRefusal(refusal.duplicateClientOrderId, "The client order id is in use"),
  ...orderRefusal(refusal.wouldMatch, "The order would match at once"),
  ...orderRefusal(refusal.unknownOrder, "There is no such open order"),
  ...orderRefusal(refusal.tooManyOpenOrders, "The account has too many open orders"),
  ...orderRefusal(refusal.unsupportedOrder, "The order type is not supported"),
  ...orderRefusal(refusal.newOrderNotAttempted, "The new order was not attempted"),
  ...orderRefusal(refusal.marketQuantityOutOfRange, "The market quantity is out of range"),
};

/** No route of the admin API places orders; should one, the trading API's texts are the better ones. */
function orderRefusal<Code extends Refusal>(
  code: Code,
  title: string,
): Record<Code, RefusalProblem> {
  const entry: RefusalProblem = {
    status: 409,
    title,
    remedy: "Compare the order with the market's limits in GET /admin/v1/markets/{symbol}.",
  };
  return { [code]: entry } as Record<Code, RefusalProblem>;
}

export function problemOfRefusal(code: Refusal): Problem {
  const { status, title, remedy } = refusalProblems[code];
  const name = refusalName(code);
  return {
    kind: "problem",
    name: kebab(name),
    status,
    title,
    detail: `${remedy} Nothing was changed.`,
    code: { number: code, name },
  };
}

export function refusalTypeName(code: Refusal): string {
  return kebab(refusalName(code));
}

function kebab(name: RefusalName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
