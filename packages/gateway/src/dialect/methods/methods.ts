import type { Method } from "../method.ts";
import { account, commission, marginPairs, orderLimits } from "./account.ts";
import { amendOrder } from "./amend-order.ts";
import { amendments } from "./amendments.ts";
import { cancelAllOrders, cancelOrder } from "./cancel-order.ts";
import { cancelOrderList } from "./cancel-order-list.ts";
import { cancelReplaceOrder } from "./cancel-replace.ts";
import { exchangeInfo } from "./exchange-info.ts";
import { ping, time } from "./general.ts";
import { pingUserDataStream, startUserDataStream, stopUserDataStream } from "./listen-key.ts";
import { marketDataMethods } from "./market-data.ts";
import { allOrderLists, openOrderLists, queryOrderList } from "./order-list-queries.ts";
import { allOrders, myTrades, openOrders, queryOrder } from "./order-queries.ts";
import { placeOrder, testOrder } from "./place-order.ts";
import { placeFirstOco, placeOco, placeOto, placeOtoco } from "./place-order-list.ts";
import { preventedMatches } from "./prevented-matches.ts";
import {
  coins,
  depositAddress,
  depositHistory,
  systemStatus,
  tradeFee,
  withdraw,
  withdrawHistory,
} from "./wallet.ts";

/** Everything that can be asked in the dialect, over REST and over the WebSocket API. */
export const methods: readonly Method[] = [
  ping,
  time,
  exchangeInfo,
  ...marketDataMethods,
  placeOrder,
  testOrder,
  cancelOrder,
  cancelAllOrders,
  cancelReplaceOrder,
  amendOrder,
  amendments,
  placeOco,
  placeFirstOco,
  placeOto,
  placeOtoco,
  cancelOrderList,
  queryOrder,
  openOrders,
  allOrders,
  myTrades,
  queryOrderList,
  openOrderLists,
  allOrderLists,
  preventedMatches,
  account,
  commission,
  orderLimits,
  startUserDataStream,
  pingUserDataStream,
  stopUserDataStream,
  marginPairs,
  systemStatus,
  coins,
  depositAddress,
  depositHistory,
  withdrawHistory,
  withdraw,
  tradeFee,
];
