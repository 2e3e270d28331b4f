import { type Contingency, contingency, orderType, type PlaceOrder } from "@halcyon/core";
import { type DialectError, dialectError } from "../errors.ts";
import { orderTypes } from "../order-words.ts";
import { oneOf, type Params, type ParamTable, param, required } from "../params.ts";
import { type OrderNames, prefixedNames, sideParam, termParams, typeParam } from "./order-names.ts";
import { checkPair, type ListOrder } from "./order-pair.ts";
import { placingParams } from "./order-params.ts";
import { type OrderSource, readOrder } from "./order-reader.ts";

/** A kind of list: how its orders are described, and how many they are. */
export type ListKind = {
  readonly contingency: Contingency;
  readonly orders: number;
  readonly params: ParamTable;
  /** `idBase` begins the client ids of orders for which none was sent. */
  read(source: OrderSource, idBase: string): readonly PlaceOrder[] | DialectError;
};

const listParams = { ...placingParams, listClientOrderId: param.clientOrderId } as const;

const shared = { side: "side", quantity: "quantity" } as const;
const sharedParams = { side: required(sideParam), quantity: required(param.decimal) } as const;
const above = prefixedNames("above", shared);
const below = prefixedNames("below", shared);

export const ocoKind: ListKind = {
  contingency: contingency.oco,
  orders: 2,
  params: { ...listParams, ...sharedParams, ...typedParams(above), ...typedParams(below) },
  read: (source, idBase) =>
    readPair(source, sentOrder(source.params, above), sentOrder(source.params, below), idBase, 1),
};

const limitLeg: OrderNames = { ...prefixedNames("limit", shared), price: "price" };
const stopLeg: OrderNames = {
  ...prefixedNames("stop", shared),
  price: "stopLimitPrice",
  timeInForce: "stopLimitTimeInForce",
  goodTillDate: "stopLimitGoodTillDate",
  stopPrice: "stopPrice",
  trailingDelta: "trailingDelta",
};

/** The first form of an OCO: a limit maker, and a stop loss that has a limit where one is sent. */
export const firstOcoKind: ListKind = {
  contingency: contingency.oco,
  orders: 2,
  params: { ...listParams, ...sharedParams, ...termParams(limitLeg), ...termParams(stopLeg) },
  read(source, idBase) {
    const { params } = source;
    const limit = { names: limitLeg, type: orderType.limitMaker };
    const stopType = params.has(stopLeg.price) ? orderType.stopLossLimit : orderType.stopLoss;
    const stop = { names: stopLeg, type: stopType };
    return params.required("side") === "SELL"
      ? readPair(source, limit, stop, idBase, 1)
      : readPair(source, stop, limit, idBase, 1);
  },
};

const working = prefixedNames("working");
const workingParams: ParamTable = {
  ...termParams(working),
  [working.type]: required(oneOf(["LIMIT", "LIMIT_MAKER"], dialectError.invalidOrderType)),
  [working.side]: required(sideParam),
  [working.quantity]: required(param.decimal),
  [working.price]: required(param.decimal),
};
const pending = prefixedNames("pending");
const pendingSides: ParamTable = {
  [pending.side]: required(sideParam),
  [pending.quantity]: required(param.decimal),
};

export const otoKind: ListKind = {
  contingency: contingency.oto,
  orders: 2,
  params: { ...listParams, ...workingParams, ...pendingSides, ...typedParams(pending) },
  read(source, idBase) {
    const first = readWorking(source, idBase);
    if ("code" in first) return first;
    const { names, type } = sentOrder(source.params, pending);
    const second = readOrder(source, names, type, `${idBase}-2`);
    return "code" in second ? second : [first, second];
  },
};

const pendingShared = { side: pending.side, quantity: pending.quantity };
const pendingAbove = prefixedNames("pendingAbove", pendingShared);
const pendingBelow = prefixedNames("pendingBelow", pendingShared);

export const otocoKind: ListKind = {
  contingency: contingency.otoco,
  orders: 3,
  params: {
    ...listParams,
    ...workingParams,
    ...pendingSides,
    ...typedParams(pendingAbove),
    ...typedParams(pendingBelow),
  },
  read(source, idBase) {
    const first = readWorking(source, idBase);
    if ("code" in first) return first;
    const upper = sentOrder(source.params, pendingAbove);
    const pair = readPair(source, upper, sentOrder(source.params, pendingBelow), idBase, 2);
    return "code" in pair ? pair : [first, ...pair];
  },
};

function typedParams(names: OrderNames): ParamTable {
  return { [names.type]: required(typeParam), ...termParams(names) };
}

function sentOrder(params: Params, names: OrderNames): ListOrder {
  return { names, type: orderTypes.get(params.required(names.type))! };
}

/** The one above comes first. Ids count from `firstNumber`. */
function readPair(
  source: OrderSource,
  upper: ListOrder,
  lower: ListOrder,
  idBase: string,
  firstNumber: number,
): readonly PlaceOrder[] | DialectError {
  const wrong = checkPair(source.params, upper, lower);
  if (wrong !== null) return wrong;
  const first = readOrder(source, upper.names, upper.type, `${idBase}-${firstNumber}`);
  if ("code" in first) return first;
  const second = readOrder(source, lower.names, lower.type, `${idBase}-${firstNumber + 1}`);
  return "code" in second ? second : [first, second];
}

function readWorking(source: OrderSource, idBase: string): PlaceOrder | DialectError {
  const { names, type } = sentOrder(source.params, working);
  return readOrder(source, names, type, `${idBase}-1`);
}
