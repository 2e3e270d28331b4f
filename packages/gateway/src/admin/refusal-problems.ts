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
  [refusal.notInTheseRules]: {
    status: 409,
    title: "The venue's rules do not know this yet",
    remedy: "Switch to newer rules with POST /admin/v1/rules once every node runs this version.",
  },
  [refusal.rulesVersionNotHigher]: {
    status: 409,
    title: "The venue has these rules, or newer ones",
    remedy: "Rules only go up: GET /admin/v1/rules says which are in force.",
  },
  [refusal.unknownPerson]: {
    status: 404,
    title: "There is no such person",
    remedy: "List the people with GET /admin/v1/people.",
  },
  [refusal.personChanged]: {
    status: 409,
    title: "The person was changed at the same time",
    remedy: "Look with GET /admin/v1/people, then ask again.",
  },
  [refusal.tooManyPeople]: {
    status: 409,
    title: "The venue has as many people as it can",
    remedy: "Remove some with DELETE /admin/v1/people/{name}.",
  },
  [refusal.unknownSession]: {
    status: 404,
    title: "There is no such session",
    remedy: "It is over, or was ended: list the open ones with GET /people/v1/sessions.",
  },
  [refusal.codeUsed]: {
    status: 401,
    title: "The one-time code was used before",
    remedy: "Wait for the next code, then try again.",
  },
  [refusal.accountFrozen]: {
    status: 409,
    title: "The account is frozen",
    remedy: "Thaw it with PUT /admin/v1/accounts/{id}/flags.",
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
  [refusal.transferIdReused]: {
    status: 409,
    title: "The id belongs to another transfer",
    remedy: "Every transfer, deposit and withdrawal needs an id of its own, and keeps it for ever.",
  },
  [refusal.transferIdFailed]: {
    status: 409,
    title: "A transfer with this id was refused before",
    remedy: "An id that failed stays failed: put right what was wrong and use a new id.",
  },
  [refusal.linkedTransferFailed]: {
    status: 409,
    title: "Another transfer of the chain was refused",
    remedy: "Look at the one of the chain that has a reason of its own; use new ids for all of it.",
  },
  [refusal.sameAccount]: {
    status: 400,
    title: "A transfer needs two accounts",
    remedy: "Let `from` and `to` differ.",
  },
  [refusal.unknownHold]: {
    status: 404,
    title: "There is no such hold",
    remedy: "GET /admin/v1/holds lists those that are open; `hold` is the id that made it.",
  },
  [refusal.holdPosted]: {
    status: 409,
    title: "The hold was posted before",
    remedy: "It has ended: nothing is left to post or void.",
  },
  [refusal.holdVoided]: {
    status: 409,
    title: "The hold was voided before",
    remedy: "It has ended: make a new hold, or a transfer.",
  },
  [refusal.holdExpired]: {
    status: 409,
    title: "The hold has expired",
    remedy: "Its time was over and the money went back: make a new hold, or a transfer.",
  },
  [refusal.exceedsHold]: {
    status: 409,
    title: "The hold is smaller than that",
    remedy: "Post at most what it holds, or leave the amount out to post all of it.",
  },
  [refusal.tooManyHolds]: {
    status: 409,
    title: "The venue has as many open holds as it can",
    remedy: "Post or void some, or give them shorter timeouts.",
  },
  [refusal.tooManyTransfers]: {
    status: 409,
    title: "The venue keeps as many transfer ids as it can",
    remedy: "Ids are kept for ever: begin a new venue with the present balances.",
  },
  [refusal.holdOfOtherAsset]: {
    status: 409,
    title: "The hold is of another asset",
    remedy: "GET /admin/v1/holds/{id} says of which; the amount to post is counted in it.",
  },
  [refusal.accountOverdrawn]: {
    status: 409,
    title: "The account is overdrawn",
    remedy:
      "It may be forbidden to overdraw once its balances are at zero or above: pay into it first.",
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
  [refusal.marketPostOnly]: {
    status: 409,
    title: "The market takes only limit makers",
    remedy: "Change its state with PUT /admin/v1/markets/{symbol}/state.",
  },
  [refusal.marketInAuction]: {
    status: 409,
    title: "The market is in a call auction",
    remedy: "Only GTC and GTD limit orders gather in an auction; wait until it opens.",
  },
  [refusal.wouldTrigger]: {
    status: 409,
    title: "The stop price is reached already",
    remedy: "Choose a stop price on the other side of the last price.",
  },
  [refusal.selfTradeModeNotAllowed]: {
    status: 409,
    title: "The market does not allow this self-trade mode",
    remedy: "GET /admin/v1/markets/{symbol} lists the modes that it allows.",
  },
  [refusal.priceFarFromMarket]: {
    status: 409,
    title: "The price is too far from the last price",
    remedy: "GET /admin/v1/markets/{symbol} says how far it may be.",
  },
  [refusal.tooManyAlgoOrders]: {
    status: 409,
    title: "The account has as many stop orders as the market allows",
    remedy: "Cancel one, or raise algoOrdersMax in the market's rules.",
  },
  [refusal.tooManyIcebergParts]: {
    status: 409,
    title: "The iceberg has too many slices",
    remedy: "Show more lots at a time, or raise icebergPartsMax in the market's rules.",
  },
  [refusal.trailingDeltaOutOfRange]: {
    status: 409,
    title: "The trailing delta is out of range",
    remedy: "GET /admin/v1/markets/{symbol} says which range it allows.",
  },
  [refusal.positionTooLarge]: {
    status: 409,
    title: "The account would hold more than the market allows",
    remedy: "Buy less, or raise positionLotsMax in the market's rules.",
  },
  [refusal.tooManyOrderLists]: {
    status: 409,
    title: "The account has as many order lists as the market allows",
    remedy: "Cancel one, or raise orderListsMax in the market's rules.",
  },
  [refusal.orderListShape]: {
    status: 409,
    title: "These orders do not make a list",
    remedy: "See docs/clients.md for the orders that an OCO, OTO or OTOCO takes.",
  },
  [refusal.duplicateListClientOrderId]: {
    status: 409,
    title: "An open list of the account has this client id",
    remedy: "Choose another id.",
  },
  [refusal.unknownOrderList]: {
    status: 404,
    title: "There is no such open order list",
    remedy: "It may have ended: look at its orders.",
  },
  [refusal.amendNotSmaller]: {
    status: 409,
    title: "The new quantity is not smaller",
    remedy: "An amendment may only take lots off, and must leave some.",
  },
  [refusal.amendInList]: {
    status: 409,
    title: "The order belongs to a pair",
    remedy: "Cancel the list and place it anew.",
  },
  [refusal.expiryInThePast]: {
    status: 409,
    title: "The order would expire at once",
    remedy: "Give a time in the future.",
  },
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
