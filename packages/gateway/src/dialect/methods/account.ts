import { accountFlag } from "@halcyon/core";
import { formatPpm, formatUnits } from "../../decimal.ts";
import { dialectError } from "../errors.ts";
import { answer, type GatewayContext, type Method, refuse } from "../method.ts";
import { param, required } from "../params.ts";

export const account: Method = {
  name: "account.status",
  rest: [{ verb: "GET", path: "/api/v3/account" }],
  ws: "account.status",
  security: "read",
  weight: 20,
  params: { omitZeroBalances: param.flag },
  handle(gateway, caller, params) {
    const { venue } = gateway.replica;
    const flags = venue.accounts.flags(caller.account);
    const fees = accountFees(gateway, caller.account);
    // Whole commissions are in hundredths of a percent, rounded up so that none is promised too low.
    const basisPoints = (ppm: number): number => Math.ceil(ppm / 100);
    const none = formatPpm(0);
    return answer({
      makerCommission: basisPoints(fees.makerFeePpm),
      takerCommission: basisPoints(fees.takerFeePpm),
      buyerCommission: 0,
      sellerCommission: 0,
      commissionRates: {
        maker: formatPpm(fees.makerFeePpm),
        taker: formatPpm(fees.takerFeePpm),
        buyer: none,
        seller: none,
      },
      canTrade: isFree(flags, accountFlag.noTrading),
      canWithdraw: isFree(flags, accountFlag.noWithdrawals),
      canDeposit: isFree(flags, accountFlag.noDeposits),
      brokered: false,
      requireSelfTradePrevention: false,
      preventSor: false,
      updateTime: venue.logTimeMs,
      accountType: "SPOT",
      balances: balances(gateway, caller.account, params.flag("omitZeroBalances") === true),
      permissions: ["SPOT"],
      uid: caller.account,
    });
  },
};

/** A frozen account may do nothing of all this. */
function isFree(flags: number, barrier: number): boolean {
  return (flags & (barrier | accountFlag.frozen)) === 0;
}

type Balance = { readonly asset: string; readonly free: string; readonly locked: string };

function balances(gateway: GatewayContext, ofAccount: number, omitZero: boolean): Balance[] {
  const { venue } = gateway.replica;
  const rows: Balance[] = [];
  for (const { id, code, decimals } of venue.assets.all()) {
    const free = venue.available(ofAccount, id);
    const locked = venue.held(ofAccount, id);
    if (omitZero && free === 0n && locked === 0n) continue;
    rows.push({
      asset: code,
      free: formatUnits(free, decimals),
      locked: formatUnits(locked, decimals),
    });
  }
  return rows;
}

/** An account's own fees, else the highest that any market would take from it. */
function accountFees(
  gateway: GatewayContext,
  ofAccount: number,
): { readonly makerFeePpm: number; readonly takerFeePpm: number } {
  const { venue } = gateway.replica;
  let makerFeePpm = venue.accounts.makerFeePpm(ofAccount);
  let takerFeePpm = venue.accounts.takerFeePpm(ofAccount);
  if (makerFeePpm >= 0 && takerFeePpm >= 0) return { makerFeePpm, takerFeePpm };
  for (const market of venue.markets.all()) {
    const fees = venue.effectiveFees(ofAccount, market.id);
    makerFeePpm = Math.max(makerFeePpm, fees.makerFeePpm);
    takerFeePpm = Math.max(takerFeePpm, fees.takerFeePpm);
  }
  return { makerFeePpm: Math.max(makerFeePpm, 0), takerFeePpm: Math.max(takerFeePpm, 0) };
}

export const commission: Method = {
  name: "account.commission",
  rest: [{ verb: "GET", path: "/api/v3/account/commission" }],
  ws: "account.commission",
  security: "read",
  weight: 20,
  params: { symbol: required(param.symbol) },
  handle(gateway, caller, params) {
    const { venue } = gateway.replica;
    const market = venue.markets.bySymbol(params.required("symbol"));
    if (market === undefined) return refuse(dialectError.invalidSymbol);
    const fees = venue.effectiveFees(caller.account, market.id);
    const none = formatPpm(0);
    const noRates = { maker: none, taker: none, buyer: none, seller: none };
    return answer({
      symbol: market.symbol,
      standardCommission: {
        maker: formatPpm(fees.makerFeePpm),
        taker: formatPpm(fees.takerFeePpm),
        buyer: none,
        seller: none,
      },
      specialCommission: noRates,
      taxCommission: noRates,
      discount: {
        enabledForAccount: false,
        enabledForSymbol: false,
        discountAsset: "",
        discount: none,
      },
    });
  },
};

export const orderLimits: Method = {
  name: "account.rateLimits.orders",
  rest: [{ verb: "GET", path: "/api/v3/rateLimit/order" }],
  ws: "account.rateLimits.orders",
  security: "read",
  weight: 40,
  params: {},
  handle: (gateway, caller) => answer(gateway.limits.orderUsage(caller.account)),
};

/** There is no margin here; clients ask all the same when they load their markets. */
export const marginPairs: Method = {
  name: "margin.allPairs",
  rest: [
    { verb: "GET", path: "/sapi/v1/margin/allPairs" },
    { verb: "GET", path: "/sapi/v1/margin/isolated/allPairs" },
  ],
  ws: null,
  security: "none",
  weight: 1,
  params: {
    symbol: param.symbol,
    timestamp: param.integer,
    recvWindow: param.decimal,
    signature: param.text,
  },
  handle: () => answer([]),
};
