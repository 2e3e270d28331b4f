import type { Fields } from "./text-mutation.ts";

type Terms = Fields & { readonly symbol: string; readonly baseAsset: string };

/** Valid requests of an administrator, each with its body, about an account and the market of these terms. */
export function adminRequests(
  account: number,
  terms: Terms,
): readonly (readonly [line: string, body: Fields])[] {
  const { symbol, baseAsset: asset } = terms;
  return [
    ["POST /admin/v1/accounts", { label: "fuzz" }],
    ["POST /admin/v1/assets", { code: "FUZZ2", decimals: 4 }],
    ["POST /admin/v1/markets", { ...terms, symbol: "FUZZ2USDT" }],
    [`PUT /admin/v1/markets/${symbol}/fees`, { makerFee: "0.001", takerFee: "0.002" }],
    [`PUT /admin/v1/markets/${symbol}/state`, { state: "trading" }],
    ["POST /admin/v1/deposits", { account, asset, amount: "1.5", reference: "r1" }],
    ["POST /admin/v1/withdrawals", { account, asset, amount: "0.5", address: "x" }],
    [`POST /admin/v1/accounts/${account}/keys`, { kind: "hmac-sha256", permissions: ["read"] }],
    [`PUT /admin/v1/accounts/${account}/fees`, { makerFee: null, takerFee: "0.001" }],
    [
      `PUT /admin/v1/accounts/${account}/flags`,
      {
        noTrading: false,
        noWithdrawals: false,
        noDeposits: false,
        frozen: false,
        mayOverdraw: false,
      },
    ],
    ["GET /admin/v1/accounts", {}],
    [`GET /admin/v1/transfers?account=${account}`, {}],
  ];
}
