import {
  encodeCreateAccount,
  encodeSetAccountFees,
  encodeSetAccountFlags,
  encodeSetAccountTier,
  refusal,
  type Venue,
} from "@halcyon/core";
import { z } from "zod";
import { change } from "../change.ts";
import { assetById, noAccount } from "../lookup.ts";
import { amountText, feePpm, formatFee } from "../market-parameters.ts";
import { page, pageQuery, wholeNumber } from "../page.ts";
import { type FieldError, invalidRequest } from "../problem.ts";
import { created, defineRoute, ok } from "../route.ts";
import {
  account,
  accountFees,
  accountFeesChanged,
  accountFlagBits,
  accountFlags,
  accountFlagsChanged,
  accountTier,
  accountTierChanged,
  accountWithBalances,
  newAccount,
} from "../schemas.ts";

export const accountInPath = z.strictObject({
  id: wholeNumber(0, 0x7fff_ffff).meta({ description: "Number of an account.", examples: [2] }),
});

function flagsBody(bits: number): z.output<typeof accountFlags> {
  return {
    noTrading: (bits & accountFlagBits.noTrading) !== 0,
    noWithdrawals: (bits & accountFlagBits.noWithdrawals) !== 0,
    noDeposits: (bits & accountFlagBits.noDeposits) !== 0,
    frozen: (bits & accountFlagBits.frozen) !== 0,
    mayOverdraw: (bits & accountFlagBits.mayOverdraw) !== 0,
  };
}

function flagBits(flags: z.output<typeof accountFlags>): number {
  return (
    (flags.noTrading ? accountFlagBits.noTrading : 0) |
    (flags.noWithdrawals ? accountFlagBits.noWithdrawals : 0) |
    (flags.noDeposits ? accountFlagBits.noDeposits : 0) |
    (flags.frozen ? accountFlagBits.frozen : 0) |
    (flags.mayOverdraw ? accountFlagBits.mayOverdraw : 0)
  );
}

function feesBody(makerFeePpm: number, takerFeePpm: number): z.output<typeof accountFees> {
  return {
    makerFee: makerFeePpm < 0 ? null : formatFee(makerFeePpm),
    takerFee: takerFeePpm < 0 ? null : formatFee(takerFeePpm),
  };
}

function accountBody({ accounts }: Venue, id: number): z.output<typeof account> {
  return {
    id,
    label: accounts.label(id),
    flags: flagsBody(accounts.flags(id)),
    fees: feesBody(accounts.makerFeePpm(id), accounts.takerFeePpm(id)),
    tier: accounts.tier(id),
    openOrders: accounts.openOrderCount(id),
  };
}

const listAccounts = defineRoute({
  verb: "GET",
  path: "/accounts",
  operationId: "listAccounts",
  tag: "Accounts",
  summary: "List the accounts",
  description: "By rising number, without balances.",
  query: z.strictObject(pageQuery(wholeNumber(0, 0x7fff_ffff))),
  success: {
    status: 200,
    description: "A page of accounts.",
    schema: z
      .strictObject({ accounts: z.array(account), next: z.nullable(z.int()) })
      .meta({ id: "AccountPage", description: "Accounts, and `after` of the next page." }),
  },
  handle({ replica: { venue } }, _call, { query }) {
    const first = (query.after ?? -1) + 1;
    const end = Math.min(venue.accounts.count, first + query.limit + 1);
    const ids = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
    const { items, next } = page(ids, query.limit, (id) => id);
    return ok({ accounts: items.map((id) => accountBody(venue, id)), next });
  },
});

const createAccount = defineRoute({
  verb: "POST",
  path: "/accounts",
  operationId: "createAccount",
  tag: "Accounts",
  summary: "Create an account",
  description: "It may trade, deposit and withdraw at once.",
  body: newAccount,
  success: { status: 201, description: "The new account.", schema: account },
  refusals: [refusal.tooManyAccounts],
  handle: (context, call, { body }) =>
    change(context, call, {
      lane: "normal",
      target: body,
      event: "accountCreated",
      encode: (w, origin) => encodeCreateAccount(w, origin, body),
      matches: (event) => event.label === body.label,
      success: ({ account: id, label }) =>
        created(
          { id, label, flags: flagsBody(0), fees: feesBody(-1, -1), tier: 0, openOrders: 0 },
          "accounts",
          id,
        ),
    }),
});

const getAccount = defineRoute({
  verb: "GET",
  path: "/accounts/{id}",
  operationId: "getAccount",
  tag: "Accounts",
  summary: "Show an account with its balances",
  description: "A balance is shown for every asset that the account has or had some of.",
  pathParameters: accountInPath,
  success: { status: 200, description: "The account.", schema: accountWithBalances },
  problems: ["not-found"],
  handle({ replica: { venue } }, _call, { path: { id } }) {
    if (!venue.accounts.exists(id)) return noAccount(id);
    const balances = venue.balanceAssets(id).map((assetId) => {
      const asset = assetById(venue, assetId);
      return {
        asset: asset.code,
        available: amountText(venue.available(id, assetId), asset),
        held: amountText(venue.held(id, assetId), asset),
      };
    });
    return ok({ ...accountBody(venue, id), balances });
  },
});

const setAccountFlags = defineRoute({
  verb: "PUT",
  path: "/accounts/{id}/flags",
  operationId: "setAccountFlags",
  tag: "Accounts",
  summary: "Say what an account may not do, or may",
  description:
    "Freezing cancels the open orders; the other flags leave them open. An account that is overdrawn keeps mayOverdraw until it has paid back. Goes ahead of ordinary orders.",
  pathParameters: accountInPath,
  body: accountFlags,
  success: { status: 200, description: "What it may not do now.", schema: accountFlagsChanged },
  refusals: [refusal.unknownAccount, refusal.accountOverdrawn],
  handle(context, call, { path: { id }, body }) {
    const flags = flagBits(body);
    return change(context, call, {
      lane: "high",
      target: { account: id, ...body },
      event: "accountFlagsChanged",
      encode: (w, origin) => encodeSetAccountFlags(w, origin, { account: id, flags }),
      matches: (event) => event.account === id && event.flags === flags,
      success: (event) => ok({ account: event.account, flags: flagsBody(event.flags) }),
    });
  },
});

const setAccountFees = defineRoute({
  verb: "PUT",
  path: "/accounts/{id}/fees",
  operationId: "setAccountFees",
  tag: "Accounts",
  summary: "Set an account's own fees",
  description:
    "In every market, for fills from now on; null goes back to the fee of its tier, or the market's.",
  pathParameters: accountInPath,
  body: accountFees,
  success: { status: 200, description: "The fees it has now.", schema: accountFeesChanged },
  refusals: [refusal.unknownAccount, refusal.feeTooHigh],
  handle(context, call, { path: { id }, body }) {
    const errors: FieldError[] = [];
    const ppm = (field: "makerFee" | "takerFee") => {
      const text = body[field];
      if (text === null) return -1;
      return feePpm(text, (detail) => errors.push({ pointer: `#/${field}`, detail }));
    };
    const asked = { makerFeePpm: ppm("makerFee"), takerFeePpm: ppm("takerFee") };
    if (errors.length > 0) return invalidRequest(errors);
    return change(context, call, {
      lane: "normal",
      target: { account: id, ...asked },
      event: "accountFeesChanged",
      encode: (w, origin) => encodeSetAccountFees(w, origin, { account: id, ...asked }),
      matches: (event) =>
        event.account === id &&
        event.makerFeePpm === asked.makerFeePpm &&
        event.takerFeePpm === asked.takerFeePpm,
      success: (event) =>
        ok({ account: event.account, fees: feesBody(event.makerFeePpm, event.takerFeePpm) }),
    });
  },
});

const setAccountTier = defineRoute({
  verb: "PUT",
  path: "/accounts/{id}/tier",
  operationId: "setAccountTier",
  tag: "Accounts",
  summary: "Put an account into a fee tier",
  description:
    "For fills from now on: it pays what each market's fees for the tier say, where it has no fee of its own. 0 takes it out.",
  pathParameters: accountInPath,
  body: accountTier,
  success: { status: 200, description: "The tier it is in now.", schema: accountTierChanged },
  refusals: [refusal.unknownAccount, refusal.notInTheseRules],
  handle: (context, call, { path: { id }, body: { tier } }) =>
    change(context, call, {
      lane: "normal",
      target: { account: id, tier },
      event: "accountTierChanged",
      encode: (w, origin) => encodeSetAccountTier(w, origin, { account: id, tier }),
      matches: (event) => event.account === id && event.tier === tier,
      success: (event) => ok({ account: event.account, tier: event.tier }),
    }),
});

export const accountRoutes = [
  listAccounts,
  createAccount,
  getAccount,
  setAccountFlags,
  setAccountFees,
  setAccountTier,
];
