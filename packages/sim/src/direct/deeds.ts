import {
  encodeAmendOrder,
  encodeCancelAll,
  encodeCancelOrder,
  encodeCancelOrderList,
  encodeCancelReplace,
  encodeDeposit,
  encodePlaceOrder,
  encodePlaceOrderList,
  encodeReduceOrder,
  encodeSetAccountFees,
  encodeSetAccountFlags,
  encodeSetAccountTier,
  encodeSetFeeTier,
  encodeSetMarketFees,
  encodeSetMarketRules,
  encodeSetMarketState,
  encodeSetRulesVersion,
  encodeTick,
  encodeTransfers,
  encodeWithdraw,
  type Origin,
  type WordWriter,
} from "@halcyon/core";

const encoders = {
  placeOrder: encodePlaceOrder,
  cancelOrder: encodeCancelOrder,
  cancelAll: encodeCancelAll,
  cancelReplace: encodeCancelReplace,
  reduceOrder: encodeReduceOrder,
  amendOrder: encodeAmendOrder,
  placeOrderList: encodePlaceOrderList,
  cancelOrderList: encodeCancelOrderList,
  deposit: encodeDeposit,
  withdraw: encodeWithdraw,
  setMarketState: encodeSetMarketState,
  setMarketRules: encodeSetMarketRules,
  setMarketFees: encodeSetMarketFees,
  setAccountFlags: encodeSetAccountFlags,
  setAccountFees: encodeSetAccountFees,
  setFeeTier: encodeSetFeeTier,
  setAccountTier: encodeSetAccountTier,
  setRulesVersion: encodeSetRulesVersion,
  transfer: encodeTransfers,
  tick: (w: WordWriter, _: Origin, __: Record<string, never>) => encodeTick(w),
} as const;
type Encoders = typeof encoders;

/** A command as data, so that a failing run can be printed and made smaller. */
export type Deed = {
  [K in keyof Encoders]: {
    readonly kind: K;
    readonly of: NonNullable<Parameters<Encoders[K]>[2]>;
    /** Number of its request id; 0: it has none. The same number again is the same request again. */
    readonly request: number;
  };
}[keyof Encoders];

export function deed<K extends Deed["kind"]>(kind: K, of: Extract<Deed, { kind: K }>["of"]): Deed {
  return { kind, of, request: 0 } as Deed;
}

export function encodeDeed({ kind, of, request }: Deed, w: WordWriter): void {
  const origin: Origin = request === 0 ? {} : { requestId: [1, 0, 0, request], retry: true };
  (encoders[kind] as (w: WordWriter, origin: Origin, c: unknown) => void)(w, origin, of);
}

export function deedText({ kind, of, request }: Deed): string {
  const text = JSON.stringify(of, (_, value) =>
    typeof value === "bigint" ? `${value}n` : (value as unknown),
  );
  const id = request === 0 ? "" : `request ${request}: `;
  return `${id}${kind} ${text.replaceAll('"', "")}`;
}
