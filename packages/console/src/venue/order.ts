/** An order as the venue tells it; decimals are its own text. */
export interface Order {
  readonly id: number;
  readonly clientId: string;
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly type: string;
  readonly timeInForce: string;
  readonly status: string;
  readonly price: string;
  readonly quantity: string;
  readonly executed: string;
  readonly quoteExecuted: string;
  /** "" where it has none. */
  readonly stopPrice: string;
  readonly iceberg: string;
  /** Hundredths of a percent; null where it does not trail. */
  readonly trailingDelta: number | null;
  readonly goodTillMs: number | null;
  readonly listId: number | null;
  readonly timeMs: number;
  readonly updatedMs: number;
}

const OPEN: ReadonlySet<string> = new Set(["NEW", "PARTIALLY_FILLED", "PENDING_NEW"]);

export function isOpen({ status }: Order): boolean {
  return OPEN.has(status);
}

export interface OrderJson {
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: "BUY" | "SELL";
  readonly type: string;
  readonly timeInForce: string;
  readonly status: string;
  readonly price: string;
  readonly origQty: string;
  readonly executedQty: string;
  readonly cummulativeQuoteQty: string;
  readonly stopPrice?: string;
  readonly icebergQty?: string;
  readonly trailingDelta?: number;
  readonly goodTillDate?: number;
  readonly orderListId: number;
  readonly time: number;
  readonly updateTime: number;
}

export function orderOf(json: OrderJson): Order {
  return {
    id: json.orderId,
    clientId: json.clientOrderId,
    symbol: json.symbol,
    side: json.side,
    type: json.type,
    timeInForce: json.timeInForce,
    status: json.status,
    price: json.price,
    quantity: json.origQty,
    executed: json.executedQty,
    quoteExecuted: json.cummulativeQuoteQty,
    stopPrice: someOf(json.stopPrice),
    iceberg: someOf(json.icebergQty),
    trailingDelta: json.trailingDelta ?? null,
    goodTillMs: json.goodTillDate ?? null,
    listId: listOf(json.orderListId),
    timeMs: json.time,
    updatedMs: json.updateTime,
  };
}

/** `executionReport` of the user's stream: what happened to an order, and how it is now. */
export interface ExecutionReport {
  readonly e: "executionReport";
  readonly E: number;
  readonly s: string;
  readonly c: string;
  /** The order's own client id where `c` is that of a cancel. */
  readonly C: string;
  readonly S: "BUY" | "SELL";
  readonly o: string;
  readonly f: string;
  readonly q: string;
  readonly p: string;
  readonly P: string;
  readonly F: string;
  readonly g: number;
  /** What happened: NEW, TRADE, CANCELED, REPLACED, EXPIRED, TRADE_PREVENTION. */
  readonly x: string;
  readonly X: string;
  readonly r: string;
  readonly i: number;
  readonly l: string;
  readonly z: string;
  readonly L: string;
  readonly T: number;
  readonly O: number;
  readonly Z: string;
  readonly d?: number;
  readonly gtd?: number;
}

export function orderOfReport(report: ExecutionReport): Order {
  return {
    id: report.i,
    clientId: report.C === "" ? report.c : report.C,
    symbol: report.s,
    side: report.S,
    type: report.o,
    timeInForce: report.f,
    status: report.X,
    price: report.p,
    quantity: report.q,
    executed: report.z,
    quoteExecuted: report.Z,
    stopPrice: someOf(report.P),
    iceberg: someOf(report.F),
    trailingDelta: report.d ?? null,
    goodTillMs: report.gtd ?? null,
    listId: listOf(report.g),
    timeMs: report.O,
    updatedMs: report.T,
  };
}

function someOf(text: string | undefined): string {
  return text !== undefined && /[1-9]/.test(text) ? text : "";
}

function listOf(id: number): number | null {
  return id === -1 ? null : id;
}
