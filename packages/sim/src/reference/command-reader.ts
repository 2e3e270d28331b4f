import type {
  Cancel,
  Command,
  LoggedBatch,
  LoggedCommand,
  MarketGrid,
  MarketRules,
  MoneyMove,
  Order,
  OrderListCommand,
  OrderName,
  Payment,
} from "./commands.ts";
import { WordCursor } from "./word-cursor.ts";

/**
 * Commands as they lie in the log, read once more by hand: this file knows the layout of batches and
 * commands from their description alone and shares no code with the core's reader.
 */
const commandsAt = 16;

export function readBatch(bytes: Uint8Array): LoggedBatch {
  const words = new WordCursor(bytes);
  const wordCount = bytes.byteLength / 4;
  words.at = 5;
  const nodeId = words.int();
  words.at = 9;
  const timeMs = Number(words.long());
  const commands: LoggedCommand[] = [];
  for (let at = commandsAt; at < wordCount; ) {
    const command = readCommand(words, at);
    commands.push(command.logged);
    at = command.end;
  }
  return { nodeId, timeMs, commands };
}

function readCommand(words: WordCursor, at: number): { logged: LoggedCommand; end: number } {
  words.at = at;
  const head = words.int();
  const typeNumber = head & 0xff;
  const id = [words.int(), words.int(), words.int(), words.int()];
  // A length beyond 16 bits stands in a word of its own.
  const end = at + (head >>> 16 !== 0 ? head >>> 16 : words.int());
  const requestId = id.every((word) => word === 0) ? "" : id.map(hex).join("");
  const command = readBody(words, typeNumber, end);
  if (words.at !== end)
    throw new Error(`a command of type ${typeNumber} has a body of another length`);
  const content = [typeNumber, ...words.slice(at + 5, end)].join(" ");
  return {
    logged: { typeNumber, requestId, isRetry: ((head >>> 8) & 1) === 1, command, content },
    end,
  };
}

export function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}

function readBody(w: WordCursor, type: number, end: number): Command {
  switch (type) {
    case 1:
      return { kind: "tick" };
    case 2:
      return { kind: "createAsset", code: w.text(), decimals: w.int() };
    case 3:
      return { kind: "createMarket", grid: readGrid(w) };
    case 4: {
      const [market, state] = [w.int(), w.int()];
      return { kind: "setMarketState", market, state, resumes: w.at < end && w.int() === 1 };
    }
    case 5:
      return { kind: "setMarketFees", market: w.int(), ...readFees(w) };
    case 6:
      return { kind: "createAccount", label: w.text() };
    case 7:
      return { kind: "setAccountFlags", account: w.int(), flags: w.int() };
    case 8:
      return { kind: "setAccountFees", account: w.int(), ...readFees(w) };
    case 9:
    case 10:
      w.at = end;
      return { kind: "changeKeys" };
    case 11:
    case 12:
      return { kind: "moveMoney", move: readMove(w, type, end) };
    case 13:
      return { kind: "setMarketRules", market: w.int(), rules: readRules(w) };
    case 14:
      return { kind: "setFeeTier", market: w.int(), tier: w.int(), ...readFees(w) };
    case 15:
      return { kind: "setAccountTier", account: w.int(), tier: w.int() };
    case 16:
      return { kind: "transfer", payments: readPayments(w) };
    case 17:
      return { kind: "setRulesVersion", version: w.int() };
    case 18:
    case 19:
      w.at = end;
      return { kind: "people" };
    default:
      return readOrderCommand(w, type, end);
  }
}

function readOrderCommand(w: WordCursor, type: number, end: number): Command {
  switch (type) {
    case 20:
      return { kind: "placeOrder", order: readOrder(w) };
    case 21:
      return { kind: "cancelOrder", cancel: readCancel(w) };
    case 22:
      return { kind: "cancelAll", account: w.int(), market: w.int() };
    case 23: {
      const allowFailure = w.int() === 1;
      return { kind: "cancelReplace", allowFailure, cancel: readCancel(w), order: readOrder(w) };
    }
    case 24: {
      const [account, market, orderId, by] = [w.int(), w.int(), w.long(), w.long()];
      return { kind: "reduceOrder", account, market, orderId, clientOrderId: "", by };
    }
    case 25: {
      const name = readName(w);
      return { kind: "amendOrder", ...name, newLots: w.long(), newClientOrderId: w.text() };
    }
    case 26:
      return { kind: "placeOrderList", list: readList(w, end) };
    case 27:
      return {
        kind: "cancelOrderList",
        account: w.int(),
        market: w.int(),
        listId: w.long(),
        clientId: w.text(),
        cancelClientOrderId: w.text(),
      };
    default:
      throw new Error(`the reference does not know command type ${type}`);
  }
}

function readFees(w: WordCursor): { maker: number; taker: number } {
  return { maker: w.int(), taker: w.int() };
}

function readGrid(w: WordCursor): MarketGrid {
  return {
    symbol: w.text(),
    baseAsset: w.int(),
    quoteAsset: w.int(),
    tickUnits: w.long(),
    lotUnits: w.long(),
    priceMin: BigInt(w.int()),
    priceMax: BigInt(w.int()),
    lotsMin: w.long(),
    lotsMax: w.long(),
    marketLotsMax: w.long(),
    notionalMin: w.long(),
    makerFeePpm: w.int(),
    takerFeePpm: w.int(),
    openOrdersMax: w.int(),
  };
}

function readRules(w: WordCursor): MarketRules {
  const big = () => BigInt(w.int());
  return {
    bidDownPpm: big(),
    bidUpPpm: big(),
    askDownPpm: big(),
    askUpPpm: big(),
    notionalMax: w.long(),
    algoOrdersMax: w.int(),
    orderListsMax: w.int(),
    icebergPartsMax: big(),
    trailingAboveMin: big(),
    trailingAboveMax: big(),
    trailingBelowMin: big(),
    trailingBelowMax: big(),
    positionLotsMax: w.long(),
    selfTradeModeDefault: w.int(),
    selfTradeModes: w.int(),
    bandPpm: big(),
    bandWindowMs: w.long(),
    haltMs: w.long(),
    cancelOnlyMs: w.long(),
    auctionMs: w.long(),
  };
}

function readMove(w: WordCursor, type: number, end: number): MoneyMove {
  const from = w.at;
  const move = {
    isDeposit: type === 11,
    account: w.int(),
    asset: w.int(),
    amount: w.long(),
    network: w.text(),
    address: w.text(),
    reference: w.text(),
  };
  const content = [type, ...w.slice(from, w.at)].join(" ");
  return { ...move, id: w.at < end ? readId(w) : "", content };
}

function readId(w: WordCursor): string {
  return [w.int(), w.int(), w.int(), w.int()].join(" ");
}

const paymentWords = 12;

function readPayments(w: WordCursor): Payment[] {
  return Array.from({ length: w.int() }, (_, index) => readPayment(w, index));
}

function readPayment(w: WordCursor, index: number): Payment {
  const start = w.at;
  const head = w.int();
  const id = readId(w);
  const at = w.at;
  const holdId = readId(w);
  w.at = at;
  const payment = {
    index,
    kind: head & 0xff,
    linked: ((head >> 8) & 1) === 1,
    strayBits: (head >> 9) & 0x7f,
    namedAsset: head >>> 16,
    id,
    holdId,
    from: w.int(),
    to: w.int(),
    asset: w.int(),
    timeoutSeconds: w.int(),
    amount: w.long(),
    code: w.int() >>> 0,
  };
  const content = [head & ~0x100, ...w.slice(at, start + paymentWords)].join(" ");
  return { ...payment, content };
}

function readName(w: WordCursor): OrderName {
  return { account: w.int(), market: w.int(), orderId: w.long(), clientOrderId: w.text() };
}

function readCancel(w: WordCursor): Cancel {
  return { ...readName(w), cancelClientOrderId: w.text() };
}

const hasTermsBit = 1 << 11;

function readOrder(w: WordCursor): Order {
  const [account, market, kind] = [w.int(), w.int(), w.int()];
  const hasTerms = (kind & hasTermsBit) !== 0;
  const plain = {
    account,
    market,
    side: kind & 1,
    type: (kind >> 1) & 15,
    timeInForce: (kind >> 5) & 7,
    selfTradeMode: (kind >> 8) & 7,
    strayBits: kind >>> 12,
    hasTerms,
    price: BigInt(w.int()),
    lots: w.long(),
    quoteUnits: w.long(),
    clientOrderId: w.text(),
  };
  return {
    ...plain,
    stopPrice: hasTerms ? BigInt(w.int()) : 0n,
    trailingDelta: hasTerms ? BigInt(w.int()) : 0n,
    icebergLots: hasTerms ? w.long() : 0n,
    expireAtMs: hasTerms ? w.long() : 0n,
    strategyId: hasTerms ? w.long() : 0n,
    strategyType: hasTerms ? w.int() : 0,
  };
}

function readList(w: WordCursor, end: number): OrderListCommand {
  const [account, market, contingency, clientId] = [w.int(), w.int(), w.int(), w.text()];
  const orders: Order[] = [];
  while (w.at < end) orders.push(readOrder(w));
  return { account, market, contingency, clientId, orders };
}
